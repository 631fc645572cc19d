"""A spider that leads one round after the other, or takes over in the middle of one, knows what is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jira_crawler.frontier.addon import SWAPPED
from jira_crawler.frontier.settling import Settling
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector

from jira_crawler.frontier.jobs import Job
from jira_crawler.spiders.jira import Jira

from .conftest import SITE, STORE

A1, B2 = Job("A1"), Job("B2", verify="true")
BEGUN = {"run": 1_700_000_000_000, "dialect": "server", "counted": {"A1": 5}, "phases": 0, "clock": 5}


class Engine:
    """Notes what is asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.scheduler: Any = None

    def crawl(self, request: Request) -> None:
        self.asked.append(request)


@pytest.fixture
def spider(redis_url: str) -> Iterator[Jira]:
    settings = Settings({"REDIS_URL": redis_url, "STORE_URL": STORE, "LEASE_SECONDS": 60, **SWAPPED})
    settings.setmodule("jira_crawler.settings", priority="default")
    crawler = Crawler(Jira, settings)
    crawler.stats = MemoryStatsCollector(crawler)
    crawler.engine = Engine()  # type: ignore[assignment]
    made = Jira.from_crawler(crawler, site=SITE.url)
    made.open = lambda project: iter(())  # type: ignore[method-assign]  # there is no store to look into
    yield made
    made.questions.close()


def test_a_round_begins_with_the_introduction_and_a_going_one_with_its_counts(spider):
    spider.take_round({})
    spider.take_up([A1])
    assert [request.url.rpartition("/")[2] for request in spider.crawler.engine.asked] == ["serverInfo"]
    spider.take_round(BEGUN)
    spider.take_up([A1, B2])
    assert spider.counted == {"A1": 5}  # and the other one is asked for
    assert len(spider.crawler.engine.asked) == 2
    assert spider.run == BEGUN["run"]


@pytest.mark.parametrize(("left", "first"), [(0, "last_pass"), (3, "recount"), (1, "recount"), (4, "last_pass")])
def test_who_takes_over_proves_anew_but_for_what_waits_in_the_queue(spider, left, first):
    spider.take_round(BEGUN | {"phases": left})
    spider.take_up([A1])
    assert spider.phases[0].__name__ == first


def test_what_was_missing_in_one_round_is_not_in_the_next(spider):
    spider.fault("A part of A1 was not listed.")
    spider.counted, spider.began, spider.unproved = {"A1": 5}, {"A1": 7}, {"A1": (5, 7)}
    spider.refused, spider.jobs = {"NOPE": "no"}, {"A1": A1}
    spider.lacking.add("7")
    spider.take_round({})
    found = spider.faults, spider.counted, spider.began, spider.unproved, spider.refused, spider.jobs, spider.lacking
    assert not any(found)
    assert "dialect" not in spider.state


def test_what_one_round_verified_the_next_verifies_again(spider):
    """With STAY=1: five issues that were found deleted last time excuse no five that are missing now."""
    spider.take_round(BEGUN)
    spider.take_up([B2])
    spider.note("B2", "deleted_or_hidden", 5)
    spider.crawler.stats.set_value("proof/B2", {"counted": 9, "held": 9})
    spider.take_round(BEGUN | {"counted": {"B2": 5}})
    spider.take_up([B2])
    spider.counted = {"B2": 5}
    assert list(spider.verify())
    assert "proof/B2" not in spider.crawler.stats.get_stats()


def test_how_far_one_walk_came_says_nothing_of_the_next(spider):
    spider.noted, spider.silent, spider.trapped = {"A1": 9}, {("url", b"")}, {"A part of A1 was not listed."}
    spider.take_round({})
    assert (spider.noted, spider.silent, spider.trapped) == ({}, set(), set())


def test_a_job_that_comes_during_the_proof_gets_its_own_last_pass(spider):
    """The lead was through with the last pass when B2 came, and is killed: the next one must make it."""
    spider.take_round(BEGUN)
    spider.take_up([A1])
    spider.state["phases"] = 2
    spider.take_up([B2])
    state = spider.state | {"counted": {"A1": 5, "B2": 5}}
    spider.take_round(state)
    spider.take_up([A1, B2])
    assert spider.phases[0].__name__ == "last_pass"


# --- what becomes of a question whose callback does not come to its end


@pytest.fixture
def settling(spider: Jira) -> Settling:
    spider.crawler.spider = spider
    return Settling(spider.crawler)


def response(spider: Jira) -> Response:
    return Response(SITE.url, request=Request(SITE.url, callback=spider.page, meta={LEASE: "7"}))


async def outcome(settling: Settling, answer: Response, error: Exception) -> tuple[list[Any], list[Any]]:
    async def raising() -> Any:
        raise error
        yield

    with pytest.raises(type(error)):
        _ = [each async for each in settling.process_spider_output(answer, raising())]
    return settling.leases.collect()


def test_a_question_whose_callback_raises_has_failed(spider, settling):
    import asyncio

    found = asyncio.run(outcome(settling, response(spider), ValueError("odd")))
    assert found == ([], [("7", "ValueError('odd')")])


def test_a_question_with_which_the_crawl_was_ended_is_asked_again(spider, settling):
    """The budget of the day is spent: tomorrow it is asked by whoever comes, and nothing is missing."""
    import asyncio

    assert asyncio.run(outcome(settling, response(spider), CloseSpider("stopped"))) == ([], [])
