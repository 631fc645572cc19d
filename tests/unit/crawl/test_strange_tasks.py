"""Tasks that others wrote: what they carry must be of this crawl, or it is not asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jira_crawler.crawl.attached_tasks import FetchAttachment, FetchRemoteLinks
from jira_crawler.crawl.isolation_tasks import FetchIssue, ListDark
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import CompleteList, FetchPage, decode, encode
from jira_crawler.items import RawIssue
from jira_crawler.trackers.contract import Cursor, Truncation, Window
from tests.unit.crawl.driver import NOW, URL, Run, Tracker


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(Tracker(issues=5), tmp_path / "a")
    yield made
    made.dataset.close()


def half(run: Run, **other: Any) -> CompleteList:
    """An issue that waits for the rest of a list."""
    ours: dict[str, Any] = {"site": run.session.site.name, "base_url": URL, "dialect": "server", "project": "DEMO"}
    issue = RawIssue(id="1", key="DEMO-1", payload=b"{}", fetched_at=NOW, **ours | other)
    missing = (Truncation("comment", 0, 5),)
    return CompleteList(project="DEMO", dialect="server", issue=issue, missing=missing, created=0)


def ask(run: Run, task: Task) -> str:
    return run.engine.query(decode(encode(task))).address


def test_an_issue_that_waits_is_of_the_site_that_is_crawled(run: Run) -> None:
    assert ask(run, half(run)).startswith(f"{URL}/rest/api/2/issue/1/comment")


@pytest.mark.parametrize(
    "other",
    [{"site": "apache"}, {"base_url": "https://elsewhere.example.org"}, {"dialect": "cloud"}, {"project": "../DEMO"}],
)
def test_an_issue_of_elsewhere_is_not_completed_and_so_never_written_under_its_name(run: Run, other: Any) -> None:
    with pytest.raises(ValueError, match="CompleteList: "):
        ask(run, half(run, **other))


@pytest.mark.parametrize(
    ("of", "name", "value"),
    [
        ("FetchIssue", "part", -1),  # its links alone, as if they were all of it
        ("FetchIssue", "part", 3),
        ("FetchIssue", "attempt", -(10**9)),  # asked again and again, without a pause
        ("FetchIssue", "attempt", 10**9),
        ("FetchIssue", "retries", -1),
        ("FetchIssue", "retries", 10**9),
        ("FetchPage", "size", 0),
        ("FetchPage", "size", -1),  # all there are, as old servers understand it
    ],
)
def test_a_number_that_no_task_has_is_refused(run: Run, of: str, name: str, value: int) -> None:
    ours = {
        "FetchIssue": FetchIssue(project="DEMO", dialect="server", id="1"),
        "FetchPage": FetchPage(project="DEMO", dialect="server", window=Window("DEMO"), cursor=Cursor(), size=1),
    }[of]
    assert ask(run, ours)
    with pytest.raises(ValueError, match=f"{name}|{of}"):
        ask(run, msgspec.structs.replace(ours, **{name: value}))


def test_a_dark_minute_is_no_longer_than_one_can_be(run: Run) -> None:
    """Each of its minutes is told to the store: those of a thousand years would take all memory."""
    ours = ListDark(
        project="DEMO", dialect="server", window=Window("DEMO", end=60_000), cursor=Cursor(), look=Cursor(), size=1
    )
    assert ask(run, ours)
    with pytest.raises(ValueError, match="ListDark: "):
        ask(run, msgspec.structs.replace(ours, window=Window("DEMO", end=10**14)))


@pytest.mark.parametrize("id_", ["", "../1", "1/2", "1?x", "9" * 19, "one", "1\n"])
def test_an_id_that_would_stand_in_a_path_is_a_number(run: Run, id_: str) -> None:
    ours = {"project": "DEMO", "dialect": "server"}
    assert ask(run, FetchAttachment(issue="1", id="2", name="../x", **ours)) == f"{URL}/secure/attachment/2/file"
    assert ask(run, FetchRemoteLinks(id="1", **ours)) == f"{URL}/rest/api/2/issue/1/remotelink"
    for task in (
        FetchAttachment(issue="1", id=id_, **ours),
        FetchAttachment(issue=id_, id="1", **ours),
        FetchRemoteLinks(id=id_, **ours),
    ):
        with pytest.raises(ValueError, match="Expected `str` matching"):
            ask(run, task)
