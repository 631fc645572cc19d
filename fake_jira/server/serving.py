"""Serves a sandbox: in this process until a signal comes, or in a thread beside a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

from aiohttp import web

import fake_server
from fake_jira.faults.edits import Edits, edit_steadily
from fake_jira.faults.incidents import Incidents
from fake_jira.faults.mutations import Mutations
from fake_jira.faults.poison import Poison
from fake_jira.faults.roster import Roster
from fake_jira.faults.switches import Faults
from fake_jira.files.serving import Files
from fake_jira.options import Options
from fake_jira.server.application import Application
from fake_jira.server.assembly import assemble
from fake_jira.server.jira import Jira
from fake_jira.webhooks.sender import Sender


class Sandbox:
    """A Jira that has its address already and is about to be served there."""

    def __init__(self, options: Options) -> None:
        self.socket = fake_server.bound(options.host, options.port)
        host = "127.0.0.1" if options.host in ("", "0.0.0.0") else options.host  # noqa: S104 - compared, not bound
        self.url = f"http://{host}:{self.socket.getsockname()[1]}"
        try:
            self.jira: Jira = assemble(options, self.url)
            self.application = Application(self.jira, options)
            self.media_socket = fake_server.bound(options.host, 0) if options.media else None
            if self.media_socket:
                self.jira.files.media = f"http://{host}:{self.media_socket.getsockname()[1]}"
        except BaseException:
            self.socket.close()
            raise

    @property
    def requests(self) -> list[tuple[str, str, int]]:
        """Method, path with query, and status of everything served so far."""
        return self.application.requests

    @property
    def faults(self) -> Faults:
        return self.application.faults

    @property
    def poison(self) -> Poison:
        return self.application.poison

    @property
    def mutations(self) -> Mutations:
        return self.application.mutations

    @property
    def edits(self) -> Edits:
        return self.application.edits

    @property
    def roster(self) -> Roster:
        return self.application.roster

    @property
    def incidents(self) -> Incidents:
        return self.application.incidents

    @property
    def webhooks(self) -> Sender:
        return self.application.announcer.sender

    def truth(self) -> dict[str, Any]:
        """Every issue as it is now, whole, by id, as an agent sees it."""
        return self.application.admin.truth()

    def manifest(self) -> dict[str, Any]:
        return self.application.manifest()

    @property
    def files(self) -> Files:
        return self.jira.files

    def sentence(self) -> str:
        corpus = self.jira.corpus
        media = f", its files at {self.files.media}" if self.files.media else ""
        there = f"{len(corpus)} issues in {', '.join(corpus.projects)} at {self.url}"
        return f"Sandbox Jira ({self.jira.name}) with {there}{media}"

    async def serve(self, listening: Callable[[], None], stop: asyncio.Event) -> None:
        runner = web.AppRunner(self.application.build(), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            await web.SockSite(runner, self.socket, backlog=1024).start()
            media = await self._serve_media()
            listening()
            await self._live(stop)
            if media:
                await media.cleanup()
        finally:
            await runner.cleanup()
            for each in filter(None, (self.socket, self.media_socket)):
                each.close()

    async def _serve_media(self) -> web.AppRunner | None:
        if not self.media_socket:
            return None
        runner = web.AppRunner(self.application.build_media(), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.SockSite(runner, self.media_socket).start()
        return runner

    async def _live(self, stop: asyncio.Event) -> None:
        """Edits and tells of them until it is to stop; whatever of that fails ends the sandbox."""
        per_second = self.application.options.edits_per_second
        told = asyncio.create_task(stop.wait())
        others = [asyncio.create_task(self.webhooks.run())]
        if per_second:
            others.append(asyncio.create_task(edit_steadily(self.edits, per_second)))
        await asyncio.wait([told, *others], return_when=asyncio.FIRST_COMPLETED)
        for task in (told, *others):
            task.cancel()
        for task in others:
            with suppress(asyncio.CancelledError):
                await task


def serve_until_stopped(options: Options, announce: Callable[[str], None]) -> None:
    """Blocks until SIGINT or SIGTERM; `announce` gets the sentence that names the address."""
    fake_server.serve_until_stopped(Sandbox(options), announce)


def running(**options: Any) -> AbstractContextManager[Sandbox]:
    """Serves in a thread with an event loop of its own; options are those of `Options`."""
    return fake_server.in_thread(Sandbox(Options(**options)))
