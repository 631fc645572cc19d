"""Ports for servers that must be told one, and cannot be asked afterwards which they have."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

_CHANCE = random.SystemRandom()  # two processes of tests must not draw the same


def free(beside: int = 0) -> int:
    """Gives a port of loopback that nobody has, nor the one so far above it.

    It is none that the system would give to a connection before the server begins to listen.
    """
    while True:
        port = _CHANCE.randrange(10_000, 32_000 - beside)
        with suppress(OSError), socket.socket() as taken, socket.socket() as other:
            taken.bind(("127.0.0.1", port))
            if beside:
                other.bind(("127.0.0.1", port + beside))
            return port
