"""How often a question is asked again: patiently where a site is away, not at all where it would be of no use."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from jira_crawler.crawl.isolation_tasks import FetchIssue
from jira_crawler.crawl.listing import ENOUGH
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import FetchPage, Probe
from jira_crawler.middlewares import retry
from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.middlewares.retry import Retry
from jira_crawler.scheduling import TASK
from jira_crawler.trackers.contract import Cursor, Window
from tests.integration.middlewares.worker import Asker

URL = "https://jira.example.org/rest"
DIVISIBLE = FetchPage(window=Window("ACME"), cursor=Cursor(), size=50)
ONCE = FetchIssue(id="7")
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def middleware(monkeypatch: pytest.MonkeyPatch) -> Retry:
    async def at_once(seconds: float) -> None:
        """Waits for nothing."""

    monkeypatch.setattr(retry.asyncio, "sleep", at_once)
    crawler = get_crawler(settings_dict={"RETRY_TIMES": 5, "RETRY_BACKOFF": 1, "RETRY_BACKOFF_MAX": 60})
    crawler.spider = Asker(site=URL)
    crawler.spider.crawler = crawler
    return Retry(crawler)


def question(path: str = "page", task: Task | None = None, **meta: Any) -> Request:
    return Request(f"{URL}/{path}", headers={"Accept": "application/json"}, meta={TASK: task or Probe()} | meta)


def fails(middleware: Retry, request: Request, status: int = 500) -> Request | Response:
    answer = Response(request.url, status, JSON, b"{}", request=request)
    return asyncio.run(middleware.process_response(request, answer))


def comes(middleware: Retry, request: Request) -> None:
    asyncio.run(middleware.process_response(request, Response(request.url, 200, JSON, b"{}", request=request)))


def times(middleware: Retry, request: Request, *statuses: int) -> int:
    """Counts how often it is asked until it is given up, with these statuses, and the last one for ever."""
    asked = 0
    while isinstance(request, Request):
        request = fails(middleware, request, statuses[min(asked, len(statuses) - 1)])  # type: ignore[assignment]
        asked += 1
    assert isinstance(request, FailureResponse)
    return asked


def test_what_can_be_made_smaller_is_given_up_when_it_fails_twice_in_the_same_way(middleware):
    assert times(middleware, question(task=DIVISIBLE), 500) == 2


def test_what_fails_in_one_way_and_another_is_asked_again(middleware):
    assert times(middleware, question(task=DIVISIBLE), 500, 502, 500, 503, 503) == 5


def test_what_is_as_small_as_it_can_be_is_asked_patiently(middleware):
    assert times(middleware, question(), 500) == 6


def test_where_others_fail_too_the_site_is_waited_for(middleware):
    fails(middleware, question("other"))
    assert times(middleware, question(task=DIVISIBLE), 500) == 6


def test_where_others_come_meanwhile_it_is_its_own_fault(middleware):
    fails(middleware, question("other"))
    first = fails(middleware, question(task=DIVISIBLE))
    comes(middleware, question("third"))
    fails(middleware, question("other"))
    assert isinstance(first, Request)
    assert isinstance(fails(middleware, first), FailureResponse)


def test_a_site_that_answers_nothing_at_all_is_not_asked_again(middleware):
    for number in range(ENOUGH - 1):
        assert isinstance(fails(middleware, question(f"{number}")), Request)
    assert isinstance(fails(middleware, question()), FailureResponse)
    comes(middleware, question("other"))
    assert isinstance(fails(middleware, question()), Request)


@pytest.mark.parametrize(("meta", "most"), [({}, 2), ({"task": ONCE}, 1), ({"max_retry_times": 0}, 1)])
def test_what_takes_too_long_is_asked_once_more_at_most(middleware, meta, most):
    asked, request = 0, question(**meta)
    while isinstance(request, Request):
        request, asked = asyncio.run(middleware.process_exception(request, DownloadTimeoutError())), asked + 1
    assert asked == most
