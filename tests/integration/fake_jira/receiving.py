"""A small receiver of webhooks: keeps what comes, raw, and answers what the test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Received:
    headers: dict[str, str]
    raw: bytes
    status: int

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def event(self) -> str:
        return str(self.body["webhookEvent"])

    @property
    def identifier(self) -> str:
        return self.headers["x-atlassian-webhook-identifier"]


@dataclass
class Receiver:
    """`status` gives the answer to each body; while `gate` is closed nothing is answered. 0 hangs up."""

    url: str = ""
    status: Callable[[Any], int] = lambda body: 204
    all: list[Received] = field(default_factory=list)
    arrived: Condition = field(default_factory=Condition)
    inside: int = 0
    most_inside: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop | None = None

    @property
    def accepted(self) -> list[Received]:
        return [one for one in self.all if 200 <= one.status < 300]

    def close(self) -> None:
        self._tell(self.gate.clear)

    def open(self) -> None:
        self._tell(self.gate.set)

    def wait(self, enough: Callable[[], bool]) -> None:
        """Until what came is enough; a test that waits in vain fails here."""
        with self.arrived:
            assert self.arrived.wait_for(enough, timeout=600)

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        with self.arrived:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            self.arrived.notify_all()
        await self.gate.wait()
        status = self.status(json.loads(raw))
        with self.arrived:
            self.inside -= 1
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.all.append(Received(headers, raw, status))
            self.arrived.notify_all()
        if not status and request.transport:
            request.transport.abort()
        return web.Response(status=status or 500)

    def _tell(self, what: Callable[[], None]) -> None:
        assert self.loop
        done = Event()
        self.loop.call_soon_threadsafe(lambda: (what(), done.set()))
        done.wait(600)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver, loop, stop, ready = Receiver(), asyncio.new_event_loop(), asyncio.Event(), Event()

    async def serve() -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/webhooks/jira", receiver.take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/jira"
        receiver.gate.set()
        ready.set()
        await stop.wait()
        await runner.cleanup()

    receiver.loop = loop
    thread = Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    ready.wait(600)
    try:
        yield receiver
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(600)
        loop.close()
