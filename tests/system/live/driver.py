"""A live crawl of a sandbox that moves and tells: started, killed, stopped, and held against what is there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import zstandard
from aiohttp import ClientTimeout

from fake_jira.server.serving import Sandbox
from tests.conftest import QUICK
from tests.servers.nursery import Nursery
from tests.servers.receiving import signed

SECRET = "a made-up secret of a webhook"
PATIENCE = 600.0  # seconds that an event is waited for before a test says that it does not come
# Passes one after the other, small commits, tables and feeds that are brought up all the time.
OFTEN = {
    "LIVE_PORT": "0",
    "LIVE_POLL": "1",
    "LIVE_TRAILING_SECONDS": "1",
    "TABLES_SECONDS": "0.5",
    "COMPACT_SECONDS": "1",
    "COMMIT_SECONDS": "0.1",
    "RETRY_TIMES": "1",
    "TABLES_PROCESSES": "1",
}
# What a live crawl knows and one that has just come does not: when it fetched, and what was before.
OWN = {"fetched_at", "availability"}
COMPARED = ("issues", "comments", "worklogs", "changelog", "issuelinks", "attachments", "custom_fields")


def until(happened: Callable[[], Any], what: str, trial: LiveTrial | None = None) -> Any:
    """Waits until something is so, and gives it."""
    patience = time.monotonic() + PATIENCE
    while not (found := happened()):
        if time.monotonic() > patience:
            raise AssertionError(f"{what} did not happen in {PATIENCE:.0f} seconds\n{trial.log if trial else ''}")
        time.sleep(0.02)
    return found


@dataclass
class LiveTrial:
    """One live crawl, which is begun as often as it takes; webhooks go to wherever it listens now."""

    nursery: Nursery
    sandbox: Sandbox
    home: Path
    projects: str = "DEMO,TOOLS"
    settings: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=lambda: {"JIRA_WEBHOOK_SECRET": SECRET})
    pid: int = 0
    logs: list[Path] = field(default_factory=list)

    @property
    def output(self) -> Path:
        return self.home / "output"

    @property
    def log(self) -> str:
        return self.logs[-1].read_text("utf-8", errors="replace") if self.logs else ""

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.output / "report.json").read_bytes())
        return found

    def begin(self, **chosen: str) -> None:
        """Begins a process, whatever becomes of it."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.sandbox.webhooks.timeout = ClientTimeout(total=600)  # a busy machine is no receiver that is away
        settings = QUICK | OFTEN | {"OUTPUT_DIR": str(self.output), "STATE_DIR": str(self.home / "state")}
        options = {"projects": self.projects, "site": self.sandbox.url} | settings | self.settings | chosen
        arguments = ["crawl", "live"]
        for name, value in options.items():
            arguments += ["-s" if name.isupper() else "-a", f"{name}={value}"]
        self.logs.append(self.home / f"log{len(self.logs)}")
        self.pid = self.nursery.start(arguments, self.logs[-1], env=self.env)

    def start(self, **chosen: str) -> str:
        """Begins a process, and gives where it listens; the sandbox sends there from now on."""
        self.begin(**chosen)
        url = str(self.said(r"Webhooks are received at (\S+)")[1])
        self.sandbox.webhooks.url = url
        return url.removesuffix("/webhooks/jira")

    def said(self, pattern: str) -> re.Match[str]:
        found: re.Match[str] = until(lambda: re.search(pattern, self.log), f"{pattern!r} in the log", self)
        return found

    def follows(self) -> None:
        self.said("followed from now on")

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        assert self.nursery.wait(self.pid) == -signal.SIGKILL, self.log

    def stop(self) -> int:
        self.nursery.signal(self.pid, signal.SIGTERM)
        status = self.nursery.wait(self.pid)
        assert "Traceback" not in self.log, self.log
        return status

    def counts(self) -> int:
        """How often the tracker was asked how many issues there are."""
        asked = [path for _, path, _ in list(self.sandbox.requests)]
        return sum("maxResults=0" in path or "approximate-count" in path for path in asked)

    def trailing_pass(self) -> None:
        """Waits until a trailing pass is over that began after this: the next one has begun then."""
        before, each = self.counts(), len(self.projects.split(","))
        until(lambda: self.counts() >= before + 2 * each + 1, "a trailing pass", self)


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    found = [pq.read_table(path, partitioning=None) for path in sorted((folder / "tables" / table).glob("*.parquet"))]
    return [row for each in found for row in each.to_pylist()]


def present(folder: Path, table: str, *without: str) -> list[str]:
    """The rows of issues that are there, in an order of their own, without some columns."""
    there = {row["issue_id"] for row in rows(folder, "issues") if row["availability"] == "present"}
    kept = [
        {name: value for name, value in row.items() if name not in {*OWN, *without}}
        for row in rows(folder, table)
        if row["issue_id"] in there
    ]
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in kept)


def feeds(folder: Path) -> dict[str, list[bytes]]:
    return {path.name: sorted(path.read_bytes().splitlines()) for path in folder.glob("*.jsonl")}


def deliveries(folder: Path, state: str) -> int:
    return states(f"sqlite:///{folder / 'store.sqlite'}")[state]


def states(url: str) -> Counter[str]:
    """How many deliveries are in each state."""
    from sqlalchemy import func, select

    from jira_crawler.store.database import connect
    from jira_crawler.store.tables import deliveries as table

    engine = connect(url)
    try:
        with engine.connect() as connection:
            found = connection.execute(select(table.c.state, func.count()).group_by(table.c.state)).all()
            return Counter({str(row[0]): int(row[1]) for row in found})
    finally:
        engine.dispose()


def bodies(url: str) -> dict[str, str]:
    """The state of each delivery, by the SHA-256 of its body; one that is there twice fails."""
    from sqlalchemy import select

    from jira_crawler.store.database import connect
    from jira_crawler.store.tables import deliveries as table

    engine = connect(url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(select(table.c.body, table.c.state)).all()
    finally:
        engine.dispose()
    found = {hashlib.sha256(zstandard.decompress(body)).hexdigest(): state for body, state in rows}
    assert len(found) == len(rows), "a delivery was kept twice"
    return found


def answered(sandbox: Sandbox) -> set[str]:
    """The SHA-256 of each body that was answered with 2xx."""
    sent = list(sandbox.webhooks.deliveries)
    return {each.sha256 for each in sent if any(200 <= status < 300 for _, status in each.attempts)}


def ask(address: str) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(address, timeout=600) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def deliver(url: str, body: bytes, headers: dict[str, str] | None = None) -> int:
    request = urllib.request.Request(
        f"{url}/webhooks/jira", data=body, headers=signed(body) if headers is None else headers, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=600) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def alive(url: str) -> str:
    """What /healthz says, at once."""
    with urllib.request.urlopen(f"{url}/healthz", timeout=600) as answer:
        return str(answer.read().decode())
