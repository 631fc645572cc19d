"""Serves a sandbox: in this process until a signal comes, or in a thread beside a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from aiohttp import web

import fake_server
from fake_github.data import recorded
from fake_github.data.builder import Builder, Holding
from fake_github.data.generate import generate
from fake_github.data.truth import manifest
from fake_github.options import Options
from fake_github.server.application import Application


class Sandbox:
    """A GitHub that has its address already and is about to be served there; `given` stand in place of made-up ones."""

    def __init__(self, options: Options, given: Sequence[Holding] | None = None) -> None:
        self.socket = fake_server.bound(options.host, options.port)
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


def serve_until_stopped(options: Options, announce: Callable[[str], None]) -> None:
    """Blocks until SIGINT or SIGTERM; `announce` gets the sentence that names the address."""
    fake_server.serve_until_stopped(Sandbox(options), announce)


def running(given: Sequence[Holding] | None = None, **options: Any) -> AbstractContextManager[Sandbox]:
    """Serves in a thread with an event loop of its own; options are those of `Options`."""
    return fake_server.in_thread(Sandbox(Options(**options), given))
