from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jira_crawler.exceptions import BadArgument, SiteRefused
from jira_crawler.middlewares.budget import Budget
from tests.servers.hostile import hostile
from tests.unit.middlewares.test_budget import NOON


def a_file_instead_of_a_folder(folder: Path) -> None:
    folder.write_text("")


def below_a_file(folder: Path) -> None:
    folder.symlink_to("/dev/null/state")


def a_folder_instead_of_a_file(folder: Path) -> None:
    (folder / "budget.sqlite").mkdir(parents=True)


def garbage(folder: Path) -> None:
    folder.mkdir()
    (folder / "budget.sqlite").write_bytes(b"not a database at all" * 100)


def half_a_database(folder: Path) -> None:
    Budget(folder, "apache", 9).close()
    whole = (folder / "budget.sqlite").read_bytes()
    (folder / "budget.sqlite").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def columns_of_something_else(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "budget.sqlite")) as other:
        other.execute("CREATE TABLE requests (id INTEGER PRIMARY KEY, url TEXT)")


def counts_that_are_none(folder: Path) -> None:
    Budget(folder, "apache", 9).close()
    with closing(sqlite3.connect(folder / "budget.sqlite", isolation_level=None)) as other:
        other.execute("INSERT INTO requests VALUES ('apache', 5, 9e999)")


@pytest.mark.parametrize(
    "spoil",
    [
        a_file_instead_of_a_folder,
        below_a_file,
        a_folder_instead_of_a_file,
        garbage,
        half_a_database,
        columns_of_something_else,
        counts_that_are_none,
    ],
)
def test_what_cannot_count_is_refused_before_the_first_request(tmp_path, spoil):
    spoil(tmp_path / "state")
    with pytest.raises(BadArgument, match=r"^The requests of the day cannot be counted in .+: .+") as refused:
        Budget(tmp_path / "state", "apache", 9)
    assert "\n" not in str(refused.value)


def test_a_lock_that_stays_is_refused_and_one_that_goes_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr("jira_crawler.middlewares.budget.PATIENCE", 0.01)
    budget = Budget(tmp_path, "apache", 9)
    with closing(sqlite3.connect(tmp_path / "budget.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SiteRefused, match="locked"):
            budget.spend(NOON)
        with pytest.raises(BadArgument, match="locked"):
            Budget(tmp_path, "apache", 9)
        other.execute("COMMIT")
    assert budget.spend(NOON)
    assert budget.spent(NOON) == 1


def test_a_full_disk_in_the_middle_stops_the_run_and_counts_what_was_asked(tmp_path):
    budget = Budget(tmp_path, "apache", 10**6)
    pages = budget._database.execute("PRAGMA page_count").fetchone()[0]
    budget._database.execute(f"PRAGMA max_page_count = {pages}")  # what SQLite says is what it says of a full disk
    asked = 0
    with pytest.raises(SiteRefused, match="full"):
        for hour in range(10_000):
            budget.site = f"{hour:0100}"  # each needs a row of its own
            assert budget.spend(NOON)
            asked += 1
    assert budget._database.execute("SELECT sum(n) FROM requests").fetchone()[0] == asked > 0


def test_a_crawl_that_cannot_count_asks_nothing(crawl, tmp_path):
    (tmp_path / "state").write_text("")
    with hostile(3) as jira:
        done = crawl(jira.url, projects="ACME", DAILY_BUDGET=100)
        assert jira.requests == []
    assert done.status == 2
    assert "is not the path of a folder" in done.log
    assert not done.folder.exists() or not list(done.folder.glob("*.jsonl"))


def test_a_count_that_breaks_in_the_middle_ends_the_crawl_with_a_sentence(crawl, tmp_path):
    asked = 0

    def spoil(_: object) -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            with closing(sqlite3.connect(tmp_path / "state" / "budget.sqlite", isolation_level=None)) as other:
                other.execute("DROP TABLE requests")

    with hostile(30, spoil, page_cap=5) as jira:
        done = crawl(jira.url, projects="ACME", DAILY_BUDGET=100, CONCURRENT_REQUESTS_PER_DOMAIN=1)
        assert len(jira.requests) == 3
    assert done.status == 1
    assert "The requests of the day cannot be counted in" in done.out
    assert not done.report["complete"]
