"""A command that is killed while it fills a Postgres leaves there what there was, and the next one does it all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jira_crawler.exceptions import Refused
from jira_crawler.metrics import filling, postgres
from jira_crawler.metrics.engine import Where
from jira_crawler.metrics.readings import METRICS
from jira_crawler.metrics.run import run
from tests.github_tables import made_up
from tests.servers.nursery import ROOT, clean
from tests.servers.postgres import shared

WAITING = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = %s)"
)


def rows(url: str, table: str) -> list[tuple[object, ...]]:
    with shared().connect(url.rpartition("/")[2]) as connection:
        return connection.execute(f"SELECT * FROM jira_metrics.{table} AS t ORDER BY t::text".encode()).fetchall()


def test_a_kill_in_the_middle_of_filling_leaves_what_there_was(tmp_path: Path) -> None:
    url, where = shared().create(), Where(str(tmp_path / "tables"))
    filled = Where(where.tables, postgres=url)
    made_up(60, seed=1, days=60).write(tmp_path / "tables")
    run("postgres", filled, tmp_path, list(METRICS))
    before = [rows(url, table) for table in ("issues", "pull_requests", "filled", "gold")]
    made_up(90, seed=2, days=60).write(tmp_path / "tables")
    name = url.rpartition("/")[2]
    with shared().connect(name) as other, shared().connect(name) as watching:
        with other.transaction():
            other.execute("LOCK TABLE jira_metrics.pairs")  # which is filled last
            command = [
                sys.executable,
                "-m",
                "scrapy",
                "metrics",
                "--engine",
                "postgres",
                "-s",
                f"OUTPUT_DIR={tmp_path}",
            ]
            process = subprocess.Popen(command, cwd=ROOT, env=clean({"METRICS_URL": url}))
            try:
                while watching.execute(WAITING, (name,)).fetchone() == (0,):
                    assert process.poll() is None
            finally:
                process.kill()
                process.wait()
        # The server notices when it is done with what it was asked.
        while watching.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", (name,)).fetchone() != (2,):
            pass
    assert [rows(url, table) for table in ("issues", "pull_requests", "filled", "gold")] == before
    assert run("postgres", filled, tmp_path, list(METRICS)).rows == run("duckdb", where, tmp_path, list(METRICS)).rows
    assert len(rows(url, "issues")) == 90


def test_a_server_that_ends_in_the_middle_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = shared().create()
    made_up(20).write(tmp_path / "tables")

    def filled_and_gone(connection: filling.Connection, *others: Any) -> int:
        many = filling.fill(connection, *others)
        with shared().connect() as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
        return many

    monkeypatch.setattr(postgres, "fill", filled_and_gone)
    with pytest.raises(Refused, match="The Postgres of METRICS_URL cannot be used: ") as refused:
        run("postgres", Where(str(tmp_path / "tables"), postgres=url), tmp_path, ["lines"])
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "metrics").exists()
