"""A server over an output folder that nobody crawls into from here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from aiohttp import web

from jira_crawler.serve.application import TOKEN, Guard, application
from jira_crawler.serve.health import Health, HealthPages
from jira_crawler.serve.parts import Part
from jira_crawler.serve.server import Server


class Standing:
    """Serves parts at an address, with health for everybody and the rest for whoever the guard lets in."""

    def __init__(self, parts: Sequence[Part], host: str, port: int, secret: Callable[[str], str]):
        self.parts = parts
        self._began = time.time()
        guard = Guard(secret(TOKEN), host)
        health = HealthPages(self._look, guard)
        public = [web.get("/healthz", health.alive), web.get("/readyz", health.ready)]
        guarded = [route for part in parts for route in part.routes()]
        self._server = Server(application(public, [*guarded, web.get("/", _home)], guard=guard), host, port)

    @property
    def url(self) -> str:
        return self._server.url

    async def start(self) -> None:
        """Begins to listen, and parts to keep themselves current; raises Refused where it cannot."""
        await self._server.start()
        for part in self.parts:
            await part.start()

    async def stop(self) -> None:
        """Answers what was accepted, and waits for what is being written."""
        await self._server.stop()
        for part in self.parts:
            await part.stop()

    async def _look(self) -> Health:
        return Health(
            now=time.time(), began=self._began, receiving=False, credentials="none", parts=lagging(self.parts)
        )


def lagging(parts: Sequence[Part]) -> tuple[str, ...]:
    """Says which parts are not current, in words that everybody may read: why is for whoever has the token."""
    return tuple(f"{part.name} is not kept current." for part in parts if part.trouble)


async def _home(_request: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": "find"})
