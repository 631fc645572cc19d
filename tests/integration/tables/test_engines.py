"""pandas reads every table, and every view answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.dataset as ds
import pytest

from jira_crawler.tables.schemas import MONTHLY, SMALL
from tests.integration.tables.lake import Lake
from tests.unit.tables.made import at

SEED = {"jira_issues", "jira_comments", "jira_attachments", "jira_changelog", "jira_issuelinks", "jira_remote_links"}
NAMED = {
    "pull_request_sizes",
    *("current", "open_now", "time_in_status", "cfd_daily", "throughput_weekly", "cycle_time_percentiles", "wip_age"),
    *("pull_request_sizes", "sla_breaches", "reopened", "freshness", "cut_lists"),
}


@pytest.fixture
def folder(lake) -> Path:
    """Issues of which one is open, one is gone and one has no date."""
    lake.put(4, status=lake.status("3"), resolutiondate=None)
    lake.put(8, created=0)
    lake.put(9, created=253_402_300_799_000)
    again = [{"field": "status", "from": "5", "fromString": "Resolved", "to": "1", "toString": "Open"}]
    lake.payloads[2]["changelog"]["histories"].append({"id": "90", "created": at(18), "items": again})
    lake.put(2, "2024-01", status=lake.status("1"), resolutiondate=None)
    lake.up()
    lake.remove(5)
    lake.up()
    return lake.output


@pytest.fixture
def views(folder, monkeypatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session begun as `duckdb -init tables/views.sql` begins it."""
    monkeypatch.chdir(folder)
    with duckdb.connect() as connection:
        connection.execute((folder / "tables" / "views.sql").read_text("utf-8"))
        yield connection


def test_pandas_reads_every_table(folder):
    for table in (*MONTHLY, *SMALL):
        found = ds.dataset(sorted(map(str, (folder / "tables" / table).glob("*.parquet")))).to_table()
        assert len(found.to_pandas()) == found.num_rows


def test_every_view_that_is_named_answers(views):
    there = {name for (name,) in views.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    assert there == SEED | NAMED | {*MONTHLY, *SMALL}
    for name in there:
        views.execute(f'SELECT * FROM "{name}"').fetchall()


def test_views_say_what_is_open_how_long_it_took_and_what_came_back(views):
    def asked(sql: str) -> list[tuple[object, ...]]:
        return views.execute(sql).fetchall()

    assert asked('SELECT count(*) FROM "current"') == [(7,)]
    assert asked("SELECT issue_id, status, sla_remaining_s FROM open_now ORDER BY 1") == [
        (2, "Open", None),
        (4, "In Progress", None),
    ]
    assert asked("SELECT issue_id, reopened FROM reopened ORDER BY 1") == [(2, 1), (4, 1)]
    assert asked("SELECT issue_id, status FROM wip_age ORDER BY 1")[-1] == (4, "In Progress")
    [(p50, many)] = asked("SELECT p50_s, issues FROM cycle_time_percentiles WHERE type = 'Bug'")
    assert (p50, many > 2) == (5 * 3600, True)
    assert asked("SELECT sum(seconds) FROM time_in_status WHERE issue_id = 1 AND status = 'In Progress'") == [
        (5 * 3600,)
    ]
    assert asked("SELECT sum(done) FROM throughput_weekly WHERE week = DATE '2024-02-26'")[0][0] >= 3
    [(unavailable,)] = asked("SELECT unavailable FROM freshness")
    assert unavailable == 1
    # Whatever day it is, each issue that is known is in one status at its end.
    assert asked("SELECT max(n) FROM (SELECT day, sum(issues) AS n FROM cfd_daily GROUP BY day)")[0][0] <= 8
    assert asked("SELECT sum(issues) FROM cfd_daily WHERE day = DATE '2024-04-01'")[0][0] == 6


def test_a_service_level_that_runs_is_broken_when_its_time_has_come(lake, monkeypatch):
    running = {
        "name": "Time to first response",
        "completedCycles": [],
        "ongoingCycle": {"startTime": {"epochMillis": 1}, "breachTime": {"epochMillis": 2}, "paused": False},
    }
    later = {
        "name": "Time to resolution",
        "completedCycles": [],
        "ongoingCycle": {
            "startTime": {"epochMillis": 1},
            "breachTime": {"epochMillis": 253_402_300_000_000},
            "paused": False,
        },
    }
    paused = {
        "name": "Time to close",
        "completedCycles": [],
        "ongoingCycle": {"startTime": {"epochMillis": 1}, "breached": True, "paused": True},
    }
    waiting = {**paused, "ongoingCycle": {**paused["ongoingCycle"], "breached": False}}
    lake.put(6, status=lake.status("3"), resolutiondate=None, customfield_6=paused)
    lake.put(7, status=lake.status("3"), resolutiondate=None, customfield_6=waiting)
    lake.put(4, status=lake.status("3"), resolutiondate=None, customfield_6=running)
    lake.put(5, status=lake.status("3"), resolutiondate=None, customfield_6=later)
    lake.up()
    monkeypatch.chdir(lake.output)
    with duckdb.connect() as connection:
        connection.execute((lake.folder / "views.sql").read_text("utf-8"))
        assert connection.execute(
            "SELECT issue_id, name FROM sla_breaches WHERE issue_id > 3 AND cycle = 1 ORDER BY 1"
        ).fetchall() == [(4, "Time to first response"), (6, "Time to close")]
        rest = dict(connection.execute("SELECT issue_id, sla_remaining_s FROM open_now").fetchall())
    assert rest[4] < 0 < rest[5]


def test_an_empty_lake_can_be_asked(tmp_path, monkeypatch):
    empty = Lake(tmp_path / "empty")
    empty.up()
    empty.store.close()
    monkeypatch.chdir(empty.output)
    with duckdb.connect() as connection:
        connection.execute((empty.folder / "views.sql").read_text("utf-8"))
        assert connection.execute("SELECT count(*) FROM jira_remote_links").fetchone() == (0,)
