"""A JOBDIR that cannot be written, or holds what no crawl left there: a sentence, and never a complete crawl."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jira_crawler.crawl import tasks
from jira_crawler.crawl.session import CrawlState
from jira_crawler.frontier.sqlite_frontier import FORMAT, SqliteFrontier
from tests.conftest import ROOT
from tests.servers.hostile import Hostile, hostile
from tests.system.durability.test_questions import crawled
from tests.system.durability.trial import Nursery

JUNK = "this is no database, but it is long enough to be one. " * 200


def a_file(job: Path) -> None:
    job.write_text("")


def a_folder_in_its_place(job: Path) -> None:
    (job / "frontier.sqlite").mkdir(parents=True)


def no_database(job: Path) -> None:
    job.mkdir()
    (job / "frontier.sqlite").write_text(JUNK)


def with_state(job: Path, value: bytes) -> None:
    job.mkdir()
    with sqlite3.connect(job / "frontier.sqlite") as database:
        database.execute("CREATE TABLE state (name TEXT PRIMARY KEY, value BLOB NOT NULL)")
        database.execute("INSERT INTO state VALUES ('run', ?)", (value,))
        database.execute(f"PRAGMA user_version={FORMAT}")
    database.close()


def of_the_version_before(job: Path) -> None:
    """What a crawl that kept requests left when it was killed."""
    job.mkdir()
    shutil.copy(ROOT / "tests" / "fixtures" / "jobdir_of_requests.sqlite", job / "frontier.sqlite")


def torn(job: Path) -> None:
    """As a disk leaves it that lost some of its blocks."""
    with_state(job, b"1" * 100_000)
    handle = os.open(job / "frontier.sqlite", os.O_RDWR)
    os.pwrite(handle, b"\xff" * 8192, 8192)
    os.close(handle)


REFUSED = {
    "a file": (a_file, "is not the path of a folder"),
    "a folder in its place": (a_folder_in_its_place, "Nothing can be written to JOBDIR="),
    "no database": (no_database, "is damaged, move it away"),
    "no state": (lambda job: with_state(job, b"{"), "is damaged, move it away"),
    "of the version before": (of_the_version_before, "began: finish it with that version, or move the folder away"),
    "torn": (torn, "is damaged, move it away"),
}


@pytest.fixture(scope="module")
def jira() -> Any:
    with hostile(30) as jira:
        yield jira


@pytest.mark.parametrize(("spoil", "sentence"), REFUSED.values(), ids=list(REFUSED))
def test_a_jobdir_that_is_none_is_refused(
    nursery: Nursery, tmp_path: Path, jira: Hostile, spoil: Callable[[Path], Any], sentence: str
) -> None:
    spoil(tmp_path / "job")
    served = len(jira.requests)
    done = crawled(nursery, tmp_path, jira, JOBDIR=str(tmp_path / "job"))
    assert done.status == 2, done.log
    assert sentence in done.log
    assert "Traceback" not in done.log
    assert len(jira.requests) == served


def test_a_question_that_nobody_can_ask_is_missed(nursery: Nursery, tmp_path: Path, jira: Hostile) -> None:
    with_state(tmp_path / "job", b"1")
    with sqlite3.connect(tmp_path / "job" / "frontier.sqlite") as database:
        database.execute(
            "CREATE TABLE tasks (id INTEGER PRIMARY KEY, priority INTEGER, data BLOB, project, watermark, failed)"
        )
        database.execute("INSERT INTO tasks (priority, data) VALUES (0, ?)", (b"no task",))
    database.close()
    done = crawled(nursery, tmp_path, jira, JOBDIR=str(tmp_path / "job"))
    assert done.status == 1, done.log
    assert done.report["missing"][0].startswith("A question in JOBDIR cannot be asked: ")
    assert "Traceback" not in done.log


def test_a_jobdir_of_another_site_is_refused_and_left_as_it_is(nursery: Nursery, tmp_path: Path) -> None:
    with hostile(5) as mine, hostile(5) as other:
        job, state = tmp_path / "job", CrawlState(run=1, site=mine.url)
        frontier = SqliteFrontier(job, tasks)
        frontier.keep(state)
        frontier.commit()
        frontier.close()
        (tmp_path / "other").mkdir()
        refused = crawled(nursery, tmp_path / "other", other, JOBDIR=str(job))
        assert refused.status == 2
        assert f"holds a crawl of {mine.url}: give this one a folder of its own." in refused.log
        assert other.requests == []
        again = SqliteFrontier(job, tasks)
        assert again.resume() == state
        again.close()
        done = crawled(nursery, tmp_path, mine, JOBDIR=str(job))
    assert done.status == 0, done.log


@pytest.mark.parametrize("given", [("-o", "out.json"), ("-O", "out.json"), ("-s", 'FEEDS={"out.json": {}}')], ids=str)
def test_feeds_of_scrapy_are_refused(nursery: Nursery, tmp_path: Path, jira: Hostile, given: tuple[str, str]) -> None:
    served, log = len(jira.requests), tmp_path / "log"
    arguments = ["-a", "projects=ACME", "-a", f"site={jira.url}", "-s", f"OUTPUT_DIR={tmp_path / 'output'}"]
    status = nursery.wait(nursery.start(["crawl", "jira", *arguments, *given], log))
    assert status == 2, log.read_text()
    assert "-o, -O and FEEDS are not for this crawler" in log.read_text()
    assert "Traceback" not in log.read_text()
    assert len(jira.requests) == served
    assert not (tmp_path / "output").exists()
