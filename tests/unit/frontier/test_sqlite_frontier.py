"""Tasks in SQLite, on disk or in memory: what a crash leaves is what was committed, and it waits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jira_crawler.crawl.session import CrawlState
from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier.protocol import Failed, FrontierLost, Leased
from jira_crawler.frontier.sqlite_frontier import SqliteFrontier
from jira_crawler.sites import Site
from tests.conftest import ROOT
from tests.unit.frontier import tasks
from tests.unit.frontier.contract import Contract, leased, paths
from tests.unit.frontier.tasks import Ask, Late

SITE = Site("made_up", "https://jira.example.org")
OTHER_VERSION = "holds a crawl that another version of this crawler began: finish it with that version, or move"


@pytest.fixture(params=["disk", "memory"])
def frontier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteFrontier]:
    made = SqliteFrontier(tmp_path if request.param == "disk" else None, tasks)
    yield made
    made.close()


def opened(folder: Path, site: Site = SITE) -> SqliteFrontier:
    return SqliteFrontier.open({"JOBDIR": str(folder)}, "jira", site, tasks)


def crashed(frontier: SqliteFrontier) -> None:
    """Leaves the folder as a process does that dies: what was not committed is rolled back, and the lock is free."""
    frontier._database.rollback()
    frontier._shut()


class TestSqlite(Contract):
    def spoil(self, frontier: SqliteFrontier, data: bytes) -> None:
        frontier._database.execute("UPDATE tasks SET data = ?", (data,))

    def failures(self, frontier: SqliteFrontier) -> list[str]:
        return frontier.failures()

    @pytest.mark.parametrize("data", [None, "text", 5, 1.5])
    def test_a_value_of_another_kind_is_no_task(self, frontier, data):
        """SQLite keeps what it is given, of whatever type."""
        frontier.push(Ask(path="x"))
        frontier._database.execute("UPDATE tasks SET data = ?", ("nonsense" if data is None else data,))
        assert isinstance(frontier.lease(), Failed)


def test_what_was_leased_or_failed_waits_when_the_file_is_opened_again(tmp_path):
    frontier = opened(tmp_path)
    for task in (Late(path="waits"), Ask(path="leased"), Ask(path="failed"), Ask(path="done")):
        frontier.push(task)
    taken = {each.task.path: each.id for each in (leased(frontier), leased(frontier), leased(frontier))}
    frontier.acknowledge([taken["done"]], [Failed(taken["failed"], "no answer")])
    frontier.keep(CrawlState(run=7, begun={"DEMO": {"start": 0}}))
    frontier.commit()
    crashed(frontier)
    again = opened(tmp_path)
    assert again.pending()
    assert again.failures() == []
    assert paths(again) == ["leased", "failed", "waits"]
    assert not again.push(Ask(path="done"))
    assert again.resume() == CrawlState(run=7, begun={"DEMO": {"start": 0}})
    again.close()


def test_what_an_earlier_run_left_is_told(tmp_path, caplog):
    frontier = opened(tmp_path)
    for path in ("a", "b"):
        frontier.push(Ask(path=path))
    frontier.close()
    with caplog.at_level("INFO"):
        opened(tmp_path).close()
    assert caplog.messages == ["Going on with 2 requests of an earlier run"]


def test_nothing_is_durable_before_a_commit(tmp_path):
    frontier = opened(tmp_path)
    frontier.keep(CrawlState(run=7))
    frontier.push(Ask(path="kept"))
    frontier.commit()
    frontier.acknowledge([leased(frontier).id], [])
    frontier.push(Ask(path="lost"))
    crashed(frontier)
    again = opened(tmp_path)
    assert paths(again) == ["kept"]
    assert again.push(Ask(path="lost"))
    again.close()


def test_a_complete_crawl_leaves_nothing(tmp_path):
    frontier = opened(tmp_path / "made" / "anew")
    frontier.push(Ask(path="a", project="DEMO", floor=5))
    frontier.keep(CrawlState(run=7))
    frontier.acknowledge([leased(frontier).id], [])
    frontier.commit()
    frontier.close(complete=True)
    again = opened(tmp_path / "made" / "anew")
    assert (again.pending(), again.watermarks(), again.resume()) == (False, {}, None)
    assert again.push(Ask(path="a"))
    again.close()


@pytest.mark.parametrize("left", ["waits", "is out", "failed"])
def test_a_crawl_that_leaves_something_undone_is_not_forgotten(tmp_path, left):
    frontier = opened(tmp_path)
    frontier.push(Ask(path="a"))
    if left != "waits":
        taken = leased(frontier)
        frontier.acknowledge([], [Failed(taken.id, "why")] if left == "failed" else [])
    frontier.close(complete=True)
    again = opened(tmp_path)
    assert paths(again) == ["a"]
    again.close()


def test_only_its_owner_can_read_what_waits(tmp_path):
    """It holds payloads while their lists are completed."""
    opened(tmp_path / "job").close()
    assert (tmp_path / "job").stat().st_mode & 0o077 == 0
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "job").iterdir()}
    assert set(modes.values()) == {0}, modes
    assert {"frontier.sqlite", ".lock"} <= set(modes)


# --- a folder that is not ours


def test_a_folder_that_another_crawl_uses_is_refused(tmp_path):
    first = opened(tmp_path)
    with pytest.raises(BadArgument, match="Another crawl is using JOBDIR="):
        opened(tmp_path)
    first.close()
    opened(tmp_path).close()


def test_a_folder_of_another_site_is_refused(tmp_path):
    frontier = opened(tmp_path)
    frontier.keep(CrawlState(run=1, site=SITE.url))
    frontier.commit()
    frontier.close()
    with pytest.raises(BadArgument, match=f"holds a crawl of {SITE.url}: give this one a folder of its own"):
        opened(tmp_path, Site("other", "https://other.example.org"))
    assert opened(tmp_path).resume() == CrawlState(run=1, site=SITE.url)


def test_a_folder_of_the_version_that_kept_requests_is_refused_and_left_as_it_is(tmp_path):
    """tests/fixtures/jobdir_of_requests.sqlite is what a killed crawl left there."""
    kept = (ROOT / "tests" / "fixtures" / "jobdir_of_requests.sqlite").read_bytes()
    (tmp_path / "frontier.sqlite").write_bytes(kept)
    with pytest.raises(BadArgument, match=OTHER_VERSION):
        opened(tmp_path)
    assert (tmp_path / "frontier.sqlite").read_bytes() == kept


def test_an_empty_folder_of_that_version_is_as_good_as_a_new_one(tmp_path):
    """A complete crawl left its tables without a row: the same command goes on every night."""
    (tmp_path / "frontier.sqlite").write_bytes((ROOT / "tests" / "fixtures" / "jobdir_of_requests.sqlite").read_bytes())
    with sqlite3.connect(tmp_path / "frontier.sqlite") as database:
        for table in ("requests", "seen", "state"):
            database.execute(f"DELETE FROM {table}")
    database.close()
    frontier = opened(tmp_path)
    assert frontier.push(Ask(path="a"))
    frontier.commit()
    frontier.close()
    again = opened(tmp_path)
    assert paths(again) == ["a"]
    again.close()


def test_a_folder_of_a_version_to_come_is_refused(tmp_path):
    frontier = opened(tmp_path)
    frontier.push(Ask(path="a"))
    frontier.commit()
    frontier.close()
    with sqlite3.connect(tmp_path / "frontier.sqlite") as database:
        database.execute("PRAGMA user_version=99")
    database.close()
    with pytest.raises(BadArgument, match=OTHER_VERSION):
        opened(tmp_path)


@pytest.mark.parametrize("value", [b"{", b'"seven"', b"\x80\x04."])
def test_a_state_that_is_none_is_damage(tmp_path, value):
    frontier = opened(tmp_path)
    frontier._database.execute("INSERT INTO state VALUES ('run', ?)", (value,))
    frontier.close()
    with pytest.raises(BadArgument, match="is damaged, move it away and begin anew"):
        opened(tmp_path)


def test_a_disk_that_breaks_has_one_name(tmp_path):
    frontier = opened(tmp_path)
    frontier.push(Ask(path="a"))
    taken = leased(frontier)
    frontier._database.execute("DROP TABLE tasks")
    frontier._database.execute("DROP TABLE seen")
    doomed: list[Any] = [
        lambda: frontier.push(Ask(path="b")),
        lambda: frontier.acknowledge([taken.id], []),
        frontier.watermarks,
    ]
    for do in doomed:
        with pytest.raises(FrontierLost, match="no such table"):
            do()
    crashed(frontier)
    assert isinstance(taken, Leased)
