"""The web server around REST and GraphQL: lets in, holds to limits, and keeps count of what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from urllib.parse import unquote

import orjson
from aiohttp import web

from fake_github.data.builder import Holding
from fake_github.data.truth import manifest
from fake_github.exchange import Answer, Refusal, Request, error
from fake_github.options import UNKNOWNS, Options
from fake_github.server import faults, limits
from fake_github.server.graphql import GraphQL
from fake_github.server.limits import Limit, Secondary
from fake_github.server.rest import NOT_FOUND, Rest
from fake_github.server.shapes import Shapes
from fake_server import BadOption

VERSIONS = ("2022-11-28", "2026-03-10")
DROPPED = 0  # the status under which a request is counted whose connection was closed without an answer


class Application:
    """`requests` are method, path with query, and status of everything that was asked so far."""

    def __init__(self, builders: Sequence[Holding], options: Options, url: str) -> None:
        if unknown := set(options.switches) - set(UNKNOWNS):
            raise BadOption(f"There is no switch {min(unknown)!r}: it is one of {', '.join(UNKNOWNS)}.")
        self.options, self.builders = options, {each.repository.full_name: each for each in builders}
        self.requests: list[tuple[str, str, int]] = []
        self.faults = faults.Faults(options.faults, options.seed)
        self.limit = Limit(options.hourly, options.window)
        self.strangers = Limit(options.anonymous_hourly, options.window)
        self.points = Limit(options.points, options.window, "graphql")
        self.secondary = Secondary(options.burst, options.secondary, options.secondary_silent)
        for each in builders:
            each.switches = frozenset(options.switches)
        self.prefix = "/api/v3"
        shapes = Shapes(f"{url}{self.prefix}", url)
        repositories = {each.repository.id: each.repository for each in builders}
        self.rest = Rest(repositories, shapes, options)
        self.graphql = GraphQL(self.rest, shapes, options, self.points)
        if options.renamed:
            former, _, present = options.renamed.partition(">")
            self.rest.find(present).former.append(former)

    def build(self) -> web.Application:
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_get("/sandbox/requests", self._served)
        app.router.add_get("/sandbox/manifest", self._told)
        app.router.add_route("*", "/{path:.*}", self._serve)
        return app

    async def _served(self, received: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps(self.requests), content_type="application/json")

    async def _told(self, received: web.Request) -> web.Response:
        told = [manifest(each.repository, each.truth) for each in self.builders.values()]
        return web.Response(body=orjson.dumps(told), content_type="application/json")

    async def _serve(self, received: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in received.headers.items()}
        path = unquote(received.path_qs.partition("?")[0])
        query = {name: received.query[name] for name in received.query}
        request = Request(received.method, path, query, headers, await received.read(), self._knows(headers))
        if self.options.latency:
            await asyncio.sleep(self.options.latency)
        fault = self.faults.draw(len(self.requests) + 1)
        found = self._answer(request)
        is_graphql = path.endswith("/graphql")
        if fault:
            found = faults.instead(fault, found, is_graphql=is_graphql)
        self.requests.append((received.method, received.path_qs, DROPPED if fault == "close" else found.status))
        if fault == "close":
            if received.transport:
                received.transport.abort()
            return web.Response()
        if fault == "truncated":
            return await _truncated(received, found)
        sent = {**found.headers, "Content-Type": found.content_type}
        return web.Response(body=found.body, status=found.status, headers=sent)

    def _knows(self, headers: dict[str, str]) -> bool:
        brought = headers.get("authorization", "").split(" ")[-1]
        return bool(brought) and brought == (self.options.token or brought)

    def _answer(self, request: Request) -> Answer:
        now = limits.now()
        try:
            self._admit(request)
        except Refusal as refusal:
            return refusal.answer
        if request.path.endswith("/graphql") and request.method == "POST":
            if refused := self.secondary.refuses(now):
                return refused
            found = self._refusable(lambda: self.graphql.answer(request, now))
            return replace(found, headers={**self.points.headers(), **found.headers})
        limit = self.limit if request.known else self.strangers
        return self._of_rest(request, limit, now)

    def _admit(self, request: Request) -> None:
        told = request.headers.get("authorization", "")
        if "user-agent" not in request.headers:
            raise Refusal(error(403, "Request forbidden by administrative rules."))
        version = request.headers.get("x-github-api-version", VERSIONS[0])
        if version not in VERSIONS:
            raise Refusal(error(400, f"The API version {version} is not supported."))
        expired = self.options.expire_after and len(self.requests) >= self.options.expire_after
        if told and (not request.known or expired):
            raise Refusal(error(401, "Bad credentials"))

    def _of_rest(self, request: Request, limit: Limit, now: float) -> Answer:
        if not request.path.startswith(f"{self.prefix}/") or request.method != "GET":
            return NOT_FOUND
        below = replace(request, path=request.path.removeprefix(self.prefix))
        found = self._refusable(lambda: self.rest.answer(below))
        headers = dict(found.headers)
        if found.status == 200:
            headers["ETag"] = f'W/"{sha256(found.body).hexdigest()}"'
            if request.headers.get("if-none-match") == headers["ETag"]:
                if "costly_304" in self.options.switches and (refused := self.secondary.refuses(now)):
                    return refused
                if not request.known:
                    limit.take(now)
                return Answer(b"", 304, headers | limit.headers())
        if refused := self.secondary.refuses(now):
            return refused
        if not limit.take(now):
            found = limit.exceeded()
            headers = {}
        return replace(found, headers=limit.headers() | headers)

    def _refusable(self, ask: object) -> Answer:
        try:
            made = ask()  # type: ignore[operator]
        except Refusal as refusal:
            return refusal.answer
        assert isinstance(made, Answer)  # noqa: S101 - so it is told
        return made


async def _truncated(received: web.Request, found: Answer) -> web.StreamResponse:
    """Sends fewer bytes than were promised."""
    response = web.StreamResponse(status=found.status, headers={**found.headers, "Content-Type": found.content_type})
    response.content_length = len(found.body) + 1
    await response.prepare(received)
    await response.write(found.body[: len(found.body) // 2])
    if received.transport:
        received.transport.close()
    return response
