"""A fleet of workers, each a process of its own, and what they leave together."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import Redis

from fake_jira.server.serving import Sandbox
from jira_crawler import sites
from tests.conftest import QUICK, Crawled
from tests.system.durability.trial import PROJECTS, Nursery, Trial, feeds

# A lease is longer than a busy machine lets a process wait: where one is to run out, a test lets it.
SMALL = {"SLICE_ISSUES": "20", "COMMIT_ISSUES": "7", "COMMIT_SECONDS": "0.05", "LEASE_SECONDS": "10"}
PATIENCE = 600.0


@dataclass
class Workers:
    """Workers of one queue and one store, who write to one folder unless they are told otherwise."""

    nursery: Nursery
    sandbox: Sandbox
    home: Path
    redis_url: str
    store_url: str
    pids: dict[str, int] = field(default_factory=dict)

    @property
    def output(self) -> Path:
        return self.home / "fleet"

    def start(self, name: str, **chosen: Any) -> int:
        """Begins one worker; keywords in capitals are settings, others arguments."""
        settings = QUICK | SMALL | {"OUTPUT_DIR": str(self.output), "STATE_DIR": str(self.home / "state")}
        settings |= {"REDIS_URL": self.redis_url, "STORE_URL": self.store_url}
        parts = ["crawl", "jira"]
        for key, value in ({"site": self.sandbox.url} | settings | chosen).items():
            parts += ["-s" if key.isupper() else "-a", f"{key}={value}"]
        (self.home / f"{name}.log").touch()
        self.pids[name] = self.nursery.start(parts, self.home / f"{name}.log")
        return self.pids[name]

    def wait(self, name: str) -> int:
        return self.nursery.wait(self.pids.pop(name))

    def signal(self, name: str, number: signal.Signals) -> None:
        self.nursery.signal(self.pids[name], number)

    def kill(self, name: str) -> None:
        """Kills one, and lets what it held run out at once, as it would after a while."""
        pid = self.pids[name]
        self.signal(name, signal.SIGKILL)
        assert self.wait(name) == -signal.SIGKILL, self.log(name)
        self.forsake(pid)

    def forsake(self, pid: int) -> None:
        """Lets the leases of one run out, and its lead, as if it had been silent for long enough."""
        stem = f"jira:{sites.find(self.sandbox.url).name}"
        with Redis.from_url(self.redis_url, decode_responses=True) as server:
            names = {*server.zrange(f"{stem}:workers", 0, -1), *server.hvals(f"{stem}:holders")}
            for name in (each for each in names if each.split("-")[-2] == str(pid)):
                if server.get(f"{stem}:lead") == name:
                    server.delete(f"{stem}:lead")
                server.zrem(f"{stem}:workers", name)
                if held := [id_ for id_, holder in server.hgetall(f"{stem}:holders").items() if holder == name]:
                    server.zadd(f"{stem}:leases", dict.fromkeys(held, 1), xx=True)

    def log(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(errors="replace")

    def end(self) -> None:
        """Ends whoever is alive."""
        for name in list(self.pids):
            self.signal(name, signal.SIGKILL)
            self.wait(name)

    def finish(self) -> Crawled:
        """Waits for all workers that were not killed; they end well, without a word about trouble."""
        for name in list(self.pids):
            status = self.wait(name)
            log = self.log(name)
            assert status == 0, f"{name}: {status}\n{log}"
            assert "Traceback" not in log, log
        return Crawled(0, "", "\n".join(map(self.log, ())), self.output)


def calm(nursery: Nursery, sandbox: Sandbox, home: Path) -> tuple[Path, Counter[str]]:
    """Crawls alone, and gives the folder and how often each request was asked."""
    trial = Trial(nursery, sandbox, home / "calm", projects=PROJECTS)
    before = len(sandbox.requests)
    assert trial.run().status == 0
    return trial.output, Counter(trial.requests(before))


def assert_same(fleet: Path, alone: Path) -> None:
    """Nothing is lost, nothing is there twice, and every line is the same."""
    merged = {name: lines for name, lines in feeds(fleet).items() if name.count(".") == 1}
    other = feeds(alone)
    assert merged.keys() == other.keys()
    for name, lines in merged.items():
        lost, doubled = set(other[name]) - set(lines), len(lines) - len(set(lines))
        assert (name, len(lost), doubled, len(set(lines) - set(other[name]))) == (name, 0, 0, 0)
        assert lines == other[name]


def until(true: Callable[[], bool], what: str) -> None:
    """Waits until something is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"it never came that {what}"
        time.sleep(0.005)
