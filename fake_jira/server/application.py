"""The web server around a dialect: lets in, slows down, spoils on purpose, and keeps count of what was served."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson
from aiohttp import web

from fake_jira.exchange import Answer, Refusal, Request, Visitor
from fake_jira.faults import fault_injection
from fake_jira.faults import switches as fault_switches
from fake_jira.faults.edits import Edits
from fake_jira.faults.incidents import Incidents
from fake_jira.faults.manifest import manifest
from fake_jira.faults.mutations import Mutations
from fake_jira.faults.poison import Poison
from fake_jira.faults.roster import Roster
from fake_jira.faults.switches import Fault
from fake_jira.files.faults import FileFaults
from fake_jira.options import Options
from fake_jira.pages import refusals as browse_refusals
from fake_jira.pages.browse import Pages
from fake_jira.server import throttle as pace
from fake_jira.server.admin import Admin
from fake_jira.server.door import Door, credentials
from fake_jira.server.jira import Jira
from fake_jira.server.jira_cloud import GATEWAY
from fake_jira.webhooks.announcer import Announcer
from fake_server import BadOption

DROPPED = 0
"""The status under which a request is recorded whose connection was closed without an answer."""
_RATE_HEADERS = {"server": pace.server_headers, "cloud": pace.cloud_headers}


class Application:
    def __init__(self, jira: Jira, options: Options) -> None:
        self.jira = jira
        self.options = options
        self.requests: list[tuple[str, str, int]] = []
        self.faults = fault_switches.read(
            list(options.faults), options.seed, options.persistent_faults, options.ban_after
        )
        self.poison = Poison(set(options.poison), options.poison_how, options.poison_hard)
        for name, _ in self.poison.cases():
            if not jira.corpus.find(name):
                raise BadOption(f"There is no issue {name} to poison.")
        jira.files.faults = FileFaults(options.file_faults)
        self.mutations = Mutations(jira, options)
        self.bucket = pace.Bucket(*options.rate_limit) if options.rate_limit else None
        strangers = options.anonymous_ok
        self.door = Door.for_basic(options.basic) if options.basic else Door.for_token(options.token, strangers)
        self.door = replace(self.door, agent=credentials(options.agent, jira.name))
        self.pages = Pages.of(jira, options, self.door)
        self.edits = Edits(self.mutations, options.edit_kinds, options.seed)
        self.roster = Roster(jira.corpus, self.mutations.changes.api)
        self.incidents = Incidents(self.door.expected, expire_after=options.expire_after)
        jira.corpus.stale_searches = options.stale_searches
        self.announcer = Announcer(jira, self.mutations, options)
        self.roster.listeners.append(self.announcer.announce)
        self.admin = Admin(jira, self.mutations, self.edits, self.roster, self.incidents, self.announcer.sender)

    def build(self) -> web.Application:
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.add_routes(self.admin.routes())
        app.router.add_get("/sandbox/requests", self._served)
        app.router.add_route("*", "/{path:.*}", self._serve)
        return app

    def build_media(self) -> web.Application:
        """The host that files are on, which knows nothing else."""
        app = web.Application()
        app.router.add_get("/file/{id}/binary", self.jira.files.of_media)
        return app

    def manifest(self) -> dict[str, Any]:
        return manifest(self.jira.corpus, self.mutations.log)

    async def _served(self, received: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps(self.requests), content_type="application/json")

    async def _serve(self, received: web.Request) -> web.StreamResponse:
        path, _, query = received.path_qs.partition("?")
        asked = parse_qs(query, keep_blank_values=True)
        path = unquote(path)
        if self.jira.name == "cloud" and path.startswith(f"{GATEWAY}/rest/"):
            path = path.removeprefix(GATEWAY)
        request = Request(received.method, path, asked, await received.read(), headers=received.headers)
        if self.options.latency:
            await asyncio.sleep(self.options.latency)
        fault = self.faults.draw(request) or Fault("none")
        if fault.name == "slow":
            await asyncio.sleep(float(fault.value or 2))
        self.mutations.update_index()
        found = self._answer(request, fault, received.headers.get("Authorization", ""))
        if poisoned := self.poison.draw(found, self.jira.corpus):
            fault = poisoned
            found = fault_injection.instead(fault, request, self.jira.profile.base, self.faults.chance) or found
        self.mutations.between_requests()
        if fault.name == "hang":
            await asyncio.sleep(float(fault.value))
        dropped = fault.name in ("close", "hang")
        self.requests.append((request.method, received.path_qs, DROPPED if dropped else found.status))
        if dropped:
            return _drop(received)
        return await self._send(received, found, fault)

    def _answer(self, request: Request, fault: Fault, authorization: str) -> Answer:
        if self.faults.banned():
            return fault_injection.BANNED
        if incident := self.incidents.instead(authorization):
            return incident
        headers: dict[str, str] = {}
        if self.bucket:
            passes = self.bucket.take(monotonic())
            headers = _RATE_HEADERS[self.jira.name](self.bucket)
            if not passes:
                return pace.too_many(headers, self.faults.chance)
        found = fault_injection.instead(fault, request, self.jira.profile.base, self.faults.chance)
        if found is None:
            found = fault_injection.spoilt(fault, request, self._honest(request, authorization))
        return replace(found, headers={**headers, **found.headers})

    def _honest(self, request: Request, authorization: str) -> Answer:
        if self.pages and self.pages.owns(request.path):
            return self.pages.answer(request, authorization)
        if request.path == "/login.jsp":
            return fault_injection.LOGIN_PAGE
        if self.options.rest_closed and request.path.startswith("/rest/"):
            return browse_refusals.closed(self.options.rest_closed, request.path)
        try:
            visitor: Visitor = self.door.admit(authorization)
        except Refusal as refusal:
            return refusal.answer
        found = self.jira.answer(replace(request, visitor=visitor))
        return replace(found, headers={**visitor.headers, **found.headers})

    async def _send(self, received: web.Request, found: Answer, fault: Fault) -> web.StreamResponse:
        headers = {**found.headers, "Content-Type": found.content_type}
        if found.file:
            return await self.jira.files.send(received, found.file, headers)
        if fault.name == "truncated":
            in_chunks = (fault.value or self.faults.chance.choice(("length", "chunked"))) == "chunked"
            return await _truncated(received, found, headers, in_chunks)
        response = web.Response(body=found.body, status=found.status, headers=headers)
        if self.options.gzip:
            response.enable_compression()
        return response


def _drop(received: web.Request) -> web.Response:
    if received.transport:
        received.transport.abort()
    return web.Response()


async def _truncated(
    received: web.Request, found: Answer, headers: dict[str, str], in_chunks: bool
) -> web.StreamResponse:
    """Half of the body: chunks that end properly, or fewer bytes than were promised."""
    response = web.StreamResponse(status=found.status, headers=headers)
    if in_chunks:
        response.enable_chunked_encoding()
    else:
        response.content_length = len(found.body)
    await response.prepare(received)
    await response.write(found.body[: len(found.body) // 2])
    if in_chunks:
        await response.write_eof()
    elif received.transport:
        received.transport.close()
    return response
