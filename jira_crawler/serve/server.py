"""Serves an application on the loop that runs, until it is stopped: what was accepted is answered first."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Final

from aiohttp import web

from jira_crawler.exceptions import BadArgument

# What the library would say of each request that is none, with a traceback: anybody could fill the log.
_strangers = logging.getLogger(f"{__name__}.strangers")
_strangers.setLevel(logging.CRITICAL)

LINGER: Final = 15.0  # seconds that what was accepted may take to be answered when the server is stopped
_BACKLOG: Final = 1_024  # connections that the kernel holds until they are accepted


class Server:
    """One address that is listened to. It is started and stopped once, on one loop."""

    def __init__(self, application: web.Application, host: str, port: int):
        self.host, self.port = host, port
        self.url = ""
        """Where it listens, with the port that it was given if it asked for any; known once it is started."""
        self._runner = web.AppRunner(
            application,
            access_log=None,
            logger=_strangers,
            auto_decompress=False,  # a body is to be checked as it came, whatever its headers say
            shutdown_timeout=LINGER,
        )

    async def start(self) -> None:
        """Begins to listen; raises BadArgument where it cannot, with nothing left behind."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self.host, self.port, backlog=_BACKLOG).start()
        except (OSError, OverflowError, UnicodeError) as error:
            await self._runner.cleanup()
            raise BadArgument(
                f"Nothing can listen on {self.host}:{self.port} (LIVE_HOST, LIVE_PORT): {_reason(error)}."
            ) from error
        address, port = self._runner.addresses[0][:2]
        self.url = f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"

    async def stop(self) -> None:
        """Takes no more connections, answers what came over those that there are, and closes them."""
        await self._runner.cleanup()
        await asyncio.sleep(0)  # so that transports are closed before the loop may be


def _reason(error: Exception) -> str:
    """What is wrong with an address, in the words of the system."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return str(getattr(error, "strerror", None) or error).rstrip(".")
