"""`/`, `/events` and `/status.json`: how a live crawl is, for whoever looks, and only as long as somebody does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import msgspec
import orjson
from aiohttp import web

from jira_crawler.serve.application import STOPPING
from jira_crawler.serve.markup import Html
from jira_crawler.serve.status import Status
from jira_crawler.serve.status_page import POLICY, page, parts

FIND: Final = "/find"
EVERY: Final = 1.0  # seconds between two events
MOST: Final = 50  # who look at the same time
PATIENCE: Final = 10.0  # seconds that somebody may take to read one event


class StatusPages:
    """`look` says how the crawl is; whoever asks within the same second is told the same.

    `searches`: what was crawled can be searched at FIND.
    """

    def __init__(self, look: Callable[[], Awaitable[Status]], every: float = EVERY, *, searches: bool = False):
        self._look, self._every, self._searches = look, every, searches
        self._drawn: tuple[Status | None, dict[str, Html]] = (None, {})
        self.watching = 0  # how many look now

    def routes(self) -> list[web.RouteDef]:
        """Gives what is guarded."""
        return [
            web.get("/", self.page),
            web.get("/status.json", self.json),
            web.get("/events", self.events, allow_head=False),
        ]

    async def page(self, _request: web.Request) -> web.Response:
        """Answers the whole page, as it is now."""
        headers = {"Content-Security-Policy": POLICY}
        return web.Response(
            text=page(await self._look(), searches=self._searches), content_type="text/html", headers=headers
        )

    async def json(self, _request: web.Request) -> web.Response:
        """Answers the same as one JSON object."""
        return web.Response(body=msgspec.json.encode(await self._look()), content_type="application/json")

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Sends the parts of the page that are others by now, as JSON, until nobody reads them or the server stops."""
        if self.watching >= MOST:
            return web.Response(status=503, text=f"{MOST} look at it already.\n", headers={"Retry-After": "60"})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        self.watching += 1
        try:
            await response.prepare(request)
            await self._tell(response, request.app[STOPPING])
        except (ConnectionError, TimeoutError):
            pass  # nobody reads it any more
        finally:
            self.watching -= 1
        return response

    async def _tell(self, response: web.StreamResponse, stopping: asyncio.Event) -> None:
        sent: dict[str, Html] = {}
        while not stopping.is_set():
            drawn = await self._parts()
            changed = {name: html for name, html in drawn.items() if sent.get(name) != html}
            sent = drawn
            # Something is sent each time: else nobody would learn that the reader is gone.
            event = b"data: " + orjson.dumps(changed) + b"\n\n" if changed else b": the same\n\n"
            async with asyncio.timeout(PATIENCE):
                await response.write(event)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await stopping.wait()

    async def _parts(self) -> dict[str, Html]:
        status = await self._look()
        if self._drawn[0] is not status:
            self._drawn = status, parts(status)
        return self._drawn[1]
