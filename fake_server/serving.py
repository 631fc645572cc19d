"""Serves a sandbox: in this process until a signal comes, or in a thread beside a test."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Protocol, TypeVar


class BadOption(ValueError):
    """A choice that a sandbox cannot be made with, or told afterwards; a person reads its one sentence."""


class Served(Protocol):
    """A sandbox that has its address already."""

    def sentence(self) -> str:
        """Tells a person what is there, and where."""
        ...

    async def serve(self, listening: Callable[[], None], stop: asyncio.Event) -> None:
        """Calls `listening` once requests are taken, and returns when `stop` is set."""
        ...


S = TypeVar("S", bound=Served)


def bound(host: str, port: int) -> socket.socket:
    """Takes the port before anything is made up: what is made contains the address."""
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except (OSError, TypeError, ValueError) as error:  # the last two of what cannot be a host's name
        taken.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise BadOption(f"Cannot listen on {host}:{port}: {reason}.") from error
    return taken


def serve_until_stopped(sandbox: Served, announce: Callable[[str], None]) -> None:
    """Blocks until SIGINT or SIGTERM; `announce` gets the sentence that names the address."""

    async def main() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await sandbox.serve(lambda: announce(sandbox.sentence()), stop)

    asyncio.run(main())


@contextmanager
def in_thread(sandbox: S) -> Iterator[S]:
    """Serves in a thread with an event loop of its own, for as long as the block runs."""
    loop, listening, stop = asyncio.new_event_loop(), Event(), asyncio.Event()

    def run() -> None:
        try:
            # Which ends what is still being answered, too: to clients that have long gone.
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
