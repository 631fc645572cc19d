"""Serves a sandbox: in this process until a signal comes, or in a thread beside a test."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from aiohttp import web

from fake_github.data import recorded
from fake_github.data.builder import Builder, Holding
from fake_github.data.generate import generate
from fake_github.data.truth import manifest
from fake_github.exceptions import BadOption
from fake_github.options import Options
from fake_github.server.application import Application


class Sandbox:
    """A GitHub that has its address already and is about to be served there; `given` stand in place of made-up ones."""

    def __init__(self, options: Options, given: Sequence[Holding] | None = None) -> None:
        self.socket = _bound(options)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        try:
            made: Sequence[Holding] = given or []
            if options.data:
                made = [each for folder in options.data for each in recorded.load(folder)]
            made = made or generate(
                options.repositories,
                items=options.items,
                seed=options.seed,
                holes=options.holes,
                switches=options.switches,
            )
            self.application = Application(made, options, self.url)
        except BaseException:
            self.socket.close()
            raise

    @property
    def requests(self) -> list[tuple[str, str, int]]:
        return self.application.requests

    def builder(self, name: str) -> Builder:
        """What lets more happen in a repository."""
        found = self.application.builders[name]
        assert isinstance(found, Builder)  # noqa: S101 - nothing happens any more in what was recorded
        return found

    def manifest(self, name: str) -> dict[str, Any]:
        built = self.application.builders[name]
        return manifest(built.repository, built.truth)

    def sentence(self) -> str:
        there = ", ".join(f"{name} ({len(each.repository.items)})" for name, each in self.application.builders.items())
        return f"Sandbox GitHub with {there} at {self.url}"

    async def serve(self, listening: Callable[[], None], stop: asyncio.Event) -> None:
        runner = web.AppRunner(self.application.build(), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            await web.SockSite(runner, self.socket, backlog=1024).start()
            listening()
            await stop.wait()
        finally:
            await runner.cleanup()
            self.socket.close()


def _bound(options: Options) -> socket.socket:
    """The port is taken before anything is made: addresses contain it."""
    taken = socket.socket(socket.AF_INET)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((options.host, options.port))
    except (OSError, TypeError, ValueError) as error:
        taken.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise BadOption(f"Cannot listen on {options.host}:{options.port}: {reason}.") from error
    return taken


def serve_until_stopped(options: Options, announce: Callable[[str], None]) -> None:
    """Blocks until SIGINT or SIGTERM; `announce` gets the sentence that names the address."""
    sandbox = Sandbox(options)

    async def main() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await sandbox.serve(lambda: announce(sandbox.sentence()), stop)

    asyncio.run(main())


@contextmanager
def running(given: Sequence[Holding] | None = None, **options: Any) -> Iterator[Sandbox]:
    """Serves in a thread with an event loop of its own; options are those of `Options`."""
    sandbox = Sandbox(Options(**options), given)
    loop, listening, stop = asyncio.new_event_loop(), Event(), asyncio.Event()

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(sandbox.serve(listening.set, stop))
        finally:
            listening.set()

    thread = Thread(target=run, name="sandbox", daemon=True)
    thread.start()
    listening.wait()
    try:
        yield sandbox
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
