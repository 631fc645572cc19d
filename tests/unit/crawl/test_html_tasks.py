"""When two questions about a page are the same one, and which of them goes first."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from jira_crawler.crawl.html_tasks import CountKeys, FetchHtmlIssue, FetchHtmlPanel
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import decode, encode
from jira_crawler.trackers.contract import Truncation
from jira_crawler.trackers.jira_html.page import Shown

SHOWN = Shown("1", "DEMO-1", 1, 2, b"<p>\xff</p>", ("comment",), True, ("comment",), (Truncation("comment", 1, 2),))
PAGE = FetchHtmlIssue(project="DEMO", key="DEMO-1", tried=True, hops=2)
PANEL = FetchHtmlPanel(project="DEMO", shown=SHOWN, which="comment")
COUNT = CountKeys(project="DEMO", dialect="server", listed=7, retries=2)


@pytest.mark.parametrize("task", [PAGE, PANEL, COUNT], ids=lambda task: type(task).__name__)
def test_a_task_is_the_same_after_it_was_written_down(task):
    assert decode(encode(task)) == task


def changed(task: Task, **parts: object) -> str | None:
    return msgspec.structs.replace(task, **parts).identity


def test_a_key_is_asked_for_once_however_one_came_to_it():
    assert changed(PAGE, tried=False, hops=0, begun=True) == PAGE.identity
    others = {changed(PAGE, key="DEMO-2"), changed(PAGE, browser=True), changed(PAGE, attempt=1), PANEL.identity}
    assert len(others | {PAGE.identity}) == 5


def test_a_panel_is_asked_for_again_where_its_page_is_another():
    others = {changed(PANEL, which="worklog"), changed(PANEL, browser=True), changed(PANEL, attempt=1)}
    others |= {changed(PANEL, shown=replace(SHOWN, payload=b"")), changed(PANEL, shown=replace(SHOWN, key="DEMO-2"))}
    assert len(others | {PANEL.identity}) == 6


def test_a_count_is_asked_anew_by_every_run():
    assert COUNT.identity is None


def test_what_is_begun_goes_first_and_what_was_bad_later():
    begun = msgspec.structs.replace(PAGE, begun=True)
    assert PANEL.priority == begun.priority > PAGE.priority > msgspec.structs.replace(PAGE, attempt=1).priority
    assert msgspec.structs.replace(PANEL, attempt=1).priority < PANEL.priority
