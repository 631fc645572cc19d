"""A JOBDIR that cannot be written, or holds what no crawl left there: a sentence, and never a complete crawl."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
    database.close()


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
            "CREATE TABLE requests (id INTEGER PRIMARY KEY, priority INTEGER, data BLOB, walk, floor, failed)"
        )
        database.execute("INSERT INTO requests (priority, data) VALUES (0, ?)", (b"no request",))
    database.close()
    done = crawled(nursery, tmp_path, jira, JOBDIR=str(tmp_path / "job"))
    assert done.status == 1, done.log
    assert done.report["missing"][0].startswith("A question in JOBDIR cannot be asked: ")
    assert "Traceback" not in done.log


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
