"""Serves an application on the loop that runs, until it is stopped: what was accepted is answered first."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Final

from aiohttp import web

from jira_crawler.exceptions import BadArgument

LINGER: Final = 15.0  # seconds that what was accepted may take to be answered when the server is stopped
_BACKLOG: Final = 1_024  # connections that the kernel holds until they are accepted
# What the library would say of each request that is none, with a traceback: anybody could fill the log.
_strangers = logging.getLogger(f"{__name__}.strangers")
_strangers.setLevel(logging.CRITICAL)


class _Connection(web.RequestHandler):
    """One connection; who sends what is no request learns nothing of what runs here."""

    __slots__ = ()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        super().handle_error(request, status, exc, message)  # which raises where an answer has begun
        answer = web.Response(status=status, text="This is no request.\n", headers={"Server": ""})
        answer.force_close()
        return answer


class Server:
    """One address that is listened to. It is started and stopped once, on one loop."""

    def __init__(self, application: web.Application, host: str, port: int):
        self.host, self.port = host, port
        self.url = ""
        """Where it listens, with the port that it was given if it asked for any; known once it is started."""
        self._runner = web.AppRunner(application, shutdown_timeout=LINGER)
        self._listening: asyncio.Server | None = None

    async def start(self) -> None:
        """Begins to listen; raises BadArgument where it cannot, with nothing left behind."""
        await self._runner.setup()
        loop, server = asyncio.get_running_loop(), self._runner.server
        assert server  # noqa: S101 - which the runner has by now

        def connected() -> _Connection:
            # A body is to be checked as it came, whatever its headers say: nothing is unpacked.
            return _Connection(server, loop=loop, logger=_strangers, access_log=_strangers, auto_decompress=False)

        try:
            self._listening = await loop.create_server(
                connected, self.host, self.port, backlog=_BACKLOG, reuse_address=True
            )
        except (OSError, OverflowError, UnicodeError) as error:
            await self._runner.cleanup()
            raise BadArgument(
                f"Nothing can listen on {self.host}:{self.port} (LIVE_HOST, LIVE_PORT): {_reason(error)}."
            ) from error
        address, port = self._listening.sockets[0].getsockname()[:2]
        self.url = f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"

    async def stop(self) -> None:
        """Takes no more connections, answers what came over those that there are, and closes them."""
        if self._listening:
            self._listening.close()
        await self._runner.cleanup()
        await asyncio.sleep(0)  # so that transports are closed before the loop may be


def _reason(error: Exception) -> str:
    """What is wrong with an address, in the words of the system."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return str(getattr(error, "strerror", None) or error).rstrip(".")
