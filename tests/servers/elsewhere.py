"""Somebody who must not be asked: he notes whatever reaches him, down to a connection that says nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Elsewhere:
    """`came` holds what each connection brought, or a datagram; a connection without a word is b""."""

    port: int = 0
    came: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Listens on one port, by TCP and by UDP, until the block ends."""
    noted = Elsewhere()
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        noted.port = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", noted.port))
        over = threading.Event()
        for each in (tcp, udp):
            each.settimeout(0.1)
        threads = [threading.Thread(target=listen, args=(over, noted, each)) for each in (tcp, udp)]
        for thread in threads:
            thread.start()
        try:
            yield noted
        finally:
            over.set()
            for thread in threads:
                thread.join()


def listen(over: threading.Event, noted: Elsewhere, at: socket.socket) -> None:
    while not over.is_set():
        try:
            if at.type == socket.SOCK_DGRAM:
                noted.came.append(at.recv(65_536))
                continue
            connection, _ = at.accept()
        except TimeoutError:
            continue
        with connection:
            place = len(noted.came)
            noted.came.append(b"")
            connection.settimeout(0.5)
            try:
                noted.came[place] = connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            except OSError:
                continue
