"""A real Prometheus for tests, and promtool: installed ones, or those of Debian's package, unpacked where we may.

The package is fetched and checked by apt, and unpacked into the cache of pytest: nothing is installed, and nobody need
be root.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from tests.servers import ports

PATIENCE = 600.0  # seconds that a server may take to answer
LONGEST = 300  # seconds that fetching the package may take
NAMES = ("prometheus", "promtool")
_opener = build_opener(ProxyHandler({}))  # it is on this machine


@dataclass(frozen=True)
class Programs:
    """Where both programs are; without them, why there are none."""

    server: str = ""
    tool: str = ""
    why: str = ""

    def check(self, *arguments: str, text: str = "") -> str:
        """Runs promtool, and gives what it found wrong; "" if nothing."""
        done = subprocess.run(
            [self.tool, *arguments], input=text, capture_output=True, text=True, timeout=600, check=False
        )
        return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}"


def find(cache: Path) -> Programs:
    """Looks at $PROMETHEUS_BIN, on the PATH and into the cache, and fetches the package where none is there."""
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes of tests begin at once
        if found := _found(cache):
            return found
        whys = []
        for commands in _ways():
            why = _fetch(cache, commands)
            if not why and (found := _found(cache)):
                return found
            whys.append(why or "the package has no such programs")
        return Programs(why="; ".join(whys) or "there is no apt-get")


def _found(cache: Path) -> Programs | None:
    folders = [os.environ.get("PROMETHEUS_BIN", ""), str(cache / "package" / "usr" / "bin")]
    path = os.pathsep.join(filter(None, [folders[0], os.environ.get("PATH", ""), folders[1]]))
    server, tool = (shutil.which(name, path=path) for name in NAMES)
    return Programs(server, tool) if server and tool else None


def _ways() -> Iterator[list[list[str]]]:
    if shutil.which("apt-get") and shutil.which("dpkg-deb"):
        fetch = ["apt-get", "download", "prometheus"]
        yield [fetch]
        if os.geteuid() == 0:  # what is known of packages may be too old
            yield [["apt-get", "update"], fetch]


def _fetch(cache: Path, commands: list[list[str]]) -> str:
    """Fetches the package and unpacks it; says why not, or nothing."""
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        for command in commands:
            if why := _run(command, Path(folder)):
                return why
        for package in Path(folder).glob("prometheus_*.deb"):
            unpacked = Path(folder) / "package"
            if why := _run(["dpkg-deb", "-x", str(package), str(unpacked)], Path(folder)):
                return why
            unpacked.rename(cache / "package")
    return ""


def _run(command: list[str], folder: Path) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"`{' '.join(command)}` does not run: {error}"
    if done.returncode == 0:
        return ""
    last = (done.stderr or done.stdout).strip().rpartition("\n")[2]
    return f"`{' '.join(command)}` ends with status {done.returncode}: {last}"


class Prometheus:
    """A server that is asked as Grafana asks it."""

    def __init__(self, url: str):
        self.url = url

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Gives the series that an expression has now; raises what is wrong with the expression."""
        found = self._ask("/api/v1/query", {"query": expression})
        return list(found["data"]["result"])

    def alerts(self) -> list[str]:
        """Gives the names of all rules that the server has loaded."""
        groups = self._ask("/api/v1/rules", {})["data"]["groups"]
        return [rule["name"] for group in groups for rule in group["rules"]]

    def answers(self) -> bool:
        try:
            return bool(_opener.open(f"{self.url}/-/ready", timeout=5))
        except (URLError, OSError):
            return False

    def _ask(self, path: str, parameters: dict[str, str]) -> dict[str, Any]:
        with _opener.open(f"{self.url}{path}?{urlencode(parameters)}", timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def running(programs: Programs, config: Path) -> Iterator[Prometheus]:
    """Runs a server with a configuration; what it keeps is beside that."""
    port = ports.free()
    command = [programs.server, f"--config.file={config}", f"--storage.tsdb.path={config.parent / 'tsdb'}"]
    command += [f"--web.listen-address=127.0.0.1:{port}"]
    log = config.parent / "prometheus.log"
    with log.open("wb") as written:
        process = subprocess.Popen(command, stdout=written, stderr=written, cwd=config.parent)
    try:
        server = Prometheus(f"http://127.0.0.1:{port}")
        end = time.monotonic() + PATIENCE
        while not server.answers():
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Prometheus does not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield server
    finally:
        process.kill()
        process.wait()
