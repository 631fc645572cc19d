"""A real Scrapyd on loopback, with authentication, in a folder that knows nothing of this checkout."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from scrapyd_client.pyclient import ScrapydClient

from tests.servers import ports

ROOT = Path(__file__).parent.parent.parent.parent
PROJECT = "jira_crawler"
# Characters that mean something to a shell, to a scrapy.cfg and to a URL.
USERNAME, PASSWORD = "fleet", "50%$HOME:${x} %(y)s@/"
GUIDE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
DEPLOY = [sys.executable, str(ROOT / "deploy" / "deploy.py")]


DOCUMENTED = "http://127.0.0.1:6800"


@dataclass
class Daemon:
    """A Scrapyd that runs, seen through its own client."""

    folder: Path
    url: str
    env: dict[str, str]
    client: ScrapydClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = ScrapydClient(self.url, USERNAME, PASSWORD)

    def deploy(self, target: str = "here", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*DEPLOY, target], env=self.env | env, capture_output=True, text=True, timeout=600, check=False
        )

    def schedule(self, spider: str, settings: dict[str, Any], **arguments: str) -> str:
        """Gives the id of the new job."""
        chosen = [("setting", f"{name}={value}") for name, value in settings.items()]
        return self.client.schedule(PROJECT, spider, [*arguments.items(), *chosen])

    def ask_as_documented(self, mark: str, replaced: dict[str, str]) -> list[requests.Response]:
        """Makes the requests of a block of docs/deploy.md, with other words in place of some of its own."""
        return [self._ask(shlex.split(line), replaced) for line in documented(mark)]

    def _ask(self, words: list[str], replaced: dict[str, str]) -> requests.Response:
        for old, new in replaced.items():
            words = [word.replace(old, new) for word in words]
        assert words[:2] == ["curl", "--netrc"], words
        url = words[2].replace(DOCUMENTED, self.url)
        data = [tuple(pair.split("=", 1)) for pair in words[4::2]]
        assert set(words[3::2]) <= {"-d"}, words
        return requests.request("POST" if data else "GET", url, data=data, auth=(USERNAME, PASSWORD), timeout=600)

    def state(self, job: str) -> str:
        return self.client.status(job, PROJECT)["currstate"]

    def ended(self, job: str) -> str:
        """Waits for the end of a job and gives its log, as Scrapyd shows it."""
        until(lambda: self.state(job) == "finished", f"the end of {job}")
        listed = self.client.jobs(PROJECT)["finished"]
        (path,) = [each["log_url"] for each in listed if each["id"] == job]
        return requests.get(self.url + path, auth=(USERNAME, PASSWORD), timeout=600).text

    def said(self) -> str:
        """Gives Scrapyd's own log, which alone knows the exit status of a job."""
        return (self.folder / "scrapyd.log").read_text("utf-8")


@contextmanager
def scrapyd(folder: Path) -> Iterator[Daemon]:
    """Runs Scrapyd in a folder until the end of the block, and leaves none of its jobs behind."""
    port = ports.free()
    for name in ("scrapyd.conf", "scrapyd_locked.py"):
        shutil.copy(ROOT / "deploy" / name, folder)
    (folder / ".scrapyd.conf").write_text("[scrapyd]\npoll_interval = 0.1\nmax_proc = 2\n", "utf-8")
    targets = f"[deploy:here]\nurl = http://127.0.0.1:{port}\n[deploy:refused]\nurl = http://127.0.0.1:{port}\n"
    (folder / ".scrapy.cfg").write_text(targets + "project = ../outside\n", "utf-8")
    passed = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE") if name in os.environ}
    env = passed | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "PYTHONUNBUFFERED": "1"}
    env |= {"SCRAPYD_USERNAME": USERNAME, "SCRAPYD_PASSWORD": PASSWORD}
    with (folder / "scrapyd.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "scrapyd"],
            cwd=folder,
            env=env | {"SCRAPYD_HTTP_PORT": str(port)},
            stdout=log,
            start_new_session=True,
        )
    daemon = Daemon(folder, f"http://127.0.0.1:{port}", env)
    try:
        until(lambda: answers(port) or process.poll() is not None, "Scrapyd")
        assert process.poll() is None, daemon.said()
        yield daemon
    finally:
        process.terminate()
        process.wait(600)
        with suppress(ProcessLookupError):  # Scrapyd does not wait for its jobs
            os.killpg(process.pid, signal.SIGKILL)


def documented(mark: str) -> list[str]:
    """Gives the commands of a block that is marked as tested."""
    found = re.search(rf"<!-- tested: {mark} -->\n```sh\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    assert found, mark
    return found[1].replace("\\\n", " ").strip().splitlines()


def answers(port: int) -> bool:
    with socket.socket() as there:
        return there.connect_ex(("127.0.0.1", port)) == 0


def until(happened: Callable[[], object], what: str, seconds: float = 600.0) -> None:
    """Waits until something is so, and fails if it takes too long."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"no sign of {what} within {seconds:.0f} s"
        time.sleep(0.05)
