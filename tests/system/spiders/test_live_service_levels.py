"""A live crawl keeps service levels current: what moved is in the tables, and a clock that runs writes nothing."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from fake_jira import running
from fake_jira.data.catalogue import SLA
from tests.conftest import QUICK

ACCOUNTS = {
    "server": ({"token": "visitor", "agent": "agents-own"}, {"JIRA_TOKEN": "visitor", "JIRA_SLA_TOKEN": "agents-own"}),
    "cloud": (
        {"basic": "a@example.org:visitor", "agent": "b@example.org:agents-own"},
        {
            "JIRA_EMAIL": "a@example.org",
            "JIRA_API_TOKEN": "visitor",
            "JIRA_SLA_USER": "b@example.org",
            "JIRA_SLA_TOKEN": "agents-own",
        },
    ),
}


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    found = [pq.read_table(path, partitioning=None) for path in sorted((folder / "tables" / table).glob("*.parquet"))]
    return [row for each in found for row in each.to_pylist()]


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file of the tables, by what tells whether it was written again."""
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in (folder / "tables").rglob("*.parquet")}


def until(true: Callable[[], bool], log: Path) -> None:
    """Waits for what a crawl is about to do; a test that waits too long shows what it said."""
    for _ in range(10_000):
        try:
            if true():
                return
        except (OSError, ValueError):  # a file that is being replaced
            pass
        time.sleep(0.06)
    raise AssertionError(log.read_text())


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_what_a_second_account_sees_is_in_the_tables_and_a_running_clock_writes_none(nursery, tmp_path, dialect):
    options, env = ACCOUNTS[dialect]
    folder, log = tmp_path / "output", tmp_path / "log"
    desk = {"issues": 16, "seed": 1, "dialect": dialect, "service_desk": ("DEMO",)}
    with running(**desk, **options) as sandbox:
        settings = QUICK | {"OUTPUT_DIR": str(folder), "STATE_DIR": str(tmp_path / "state"), "LIVE_PORT": "0"}
        settings |= {"LIVE_SLA": "0.2", "TABLES_SECONDS": "0", "projects": "DEMO,TOOLS", "site": sandbox.url}
        arguments = ["crawl", "live"]
        for name, value in settings.items():
            arguments += ["-s" if name.isupper() else "-a", f"{name}={value}"]
        pid = nursery.start(arguments, log, env=env)

        def cycles() -> list[dict[str, Any]]:
            return rows(folder, "sla_cycles")

        def polls() -> int:
            return sum(SLA in path and "search" in path for _, path, _ in sandbox.requests)

        until(lambda: bool(cycles()), log)
        assert {row["source"] for row in cycles()} == {"overlay"}
        before, seen = files(folder), polls()

        def rests() -> bool:
            """Whether eight polls wrote nothing; what was fetched before them may be on its way to the tables yet."""
            nonlocal before, seen
            if (now := files(folder)) != before:
                before, seen = now, polls()
            return polls() > seen + 8

        until(rests, log)

        running_one = next(
            row for row in cycles() if row["state"] == "ongoing" and not row["paused"] and row["sla_id"] == SLA
        )
        issue = sandbox.jira.corpus.by_id[running_one["issue_id"]]
        fields = orjson.loads(issue.fields)
        plan = fields[SLA]["@sla"]
        plan[-1] |= {"paused": plan[-1]["start"] + 1}
        # Nobody tells of it, and no date says so.
        status = fields["status"] | {"id": "77", "name": "Waiting for customer"}
        sandbox.jira.corpus.put(replace(issue, fields=orjson.dumps(fields | {"status": status})))

        def now() -> dict[str, Any]:
            same = ("issue_id", "sla_id", "cycle")
            return next(row for row in cycles() if all(row[name] == running_one[name] for name in same))

        until(lambda: now()["paused"] is True, log)
        assert now()["breach_at"] is None
        until(
            lambda: (
                {row["status"] for row in rows(folder, "issues") if row["issue_id"] == running_one["issue_id"]}
                == {"Waiting for customer"}
            ),
            log,
        )
        assert now()["source"] == "overlay"  # though the crawl's own account, which sees none, fetched the issue
        nursery.signal(pid, signal.SIGTERM)
        nursery.wait(pid)
    said = log.read_text()
    assert "Traceback" not in said, said
    assert "agents-own" not in said
