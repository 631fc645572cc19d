"""What becomes of a question whose callback does not come to its end, or gives up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.signalmanager import SignalManager

from jira_crawler.crawl.session import CrawlState
from jira_crawler.frontier.protocol import Failed
from jira_crawler.recording import Recording
from jira_crawler.scheduling import GAVE_UP, LEASE
from jira_crawler.scheduling.lease_middleware import LeaseMiddleware
from jira_crawler.scheduling.leases import Leases

URL = "https://jira.example.org/x"


@pytest.fixture
def middleware() -> LeaseMiddleware:
    spider = SimpleNamespace(leases=Leases())
    crawler: Any = SimpleNamespace(spider=spider, signals=SignalManager())
    spider.recording = Recording(crawler, "made_up", CrawlState(run=1))
    return LeaseMiddleware.from_crawler(crawler)


def response(**meta: Any) -> Response:
    request = Request(URL, meta={LEASE: "7"} | meta)
    return Response(URL, request=request)


async def yielding(*found: Any) -> AsyncIterator[Any]:
    for each in found:
        if isinstance(each, Exception):
            raise each
        yield each


def passed(middleware: LeaseMiddleware, answer: Response, *found: Any) -> list[Any]:
    async def take() -> list[Any]:
        return [each async for each in middleware.process_spider_output(answer, yielding(*found))]

    return asyncio.run(take())


def test_a_question_is_answered_when_all_that_it_brought_is_at_its_end(middleware):
    answer = response()
    assert len(passed(middleware, answer, "one", "two")) == 2
    middleware.item_ended(answer)
    assert middleware.leases.collect() == ([], [])
    middleware.item_ended(answer)
    assert middleware.leases.collect() == (["7"], [])


def test_what_a_callback_asks_is_counted_from_then_on(middleware):
    passed(middleware, response(), Request(f"{URL}/next"))
    assert "one of them: /x/next" in middleware.leases.lost()


def test_a_question_whose_callback_raises_has_failed(middleware):
    with pytest.raises(ValueError, match="odd"):
        passed(middleware, response(), ValueError("odd"))
    assert middleware.leases.collect() == ([], [Failed("7", "ValueError('odd')")])
    assert Recording.of(middleware.crawler).findings.sentences == ["A step of the crawl failed: ValueError: odd."]


def test_a_question_whose_callback_gave_up_is_kept_with_the_sentence(middleware):
    passed(middleware, response(**{GAVE_UP: "no answer"}))
    assert middleware.leases.collect() == ([], [Failed("7", "no answer")])


def test_a_question_with_which_the_crawl_was_ended_is_asked_again(middleware):
    """The budget of the day is spent: tomorrow it is asked by whoever comes, and nothing is missing."""
    with pytest.raises(CloseSpider):
        passed(middleware, response(), CloseSpider("stopped"))
    assert middleware.leases.collect() == ([], [])
    assert Recording.of(middleware.crawler).findings.sentences == []


def test_a_callback_that_could_not_even_be_called_has_failed(middleware):
    middleware.process_spider_exception(response(), KeyError("gone"))
    assert middleware.leases.collect() == ([], [Failed("7", "KeyError('gone')")])
