"""Between Scrapy and an engine: what a request carries, what a reply says, what becomes of what the engine gives."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector

from jira_crawler.crawl.isolation_tasks import FetchIssue
from jira_crawler.crawl.proof import Phase
from jira_crawler.crawl.session import GaveUp, StopCrawl
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import CompleteList, CountProject, FetchPage, Probe, RefinePending
from jira_crawler.items import IssueBatch, RawIssue
from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.middlewares.held import Held
from jira_crawler.middlewares.retry import Retry
from jira_crawler.scheduling import GAVE_UP, TASK
from jira_crawler.spiders import tracker_spider
from jira_crawler.spiders.jira import Jira
from jira_crawler.spiders.tracker_spider import reply_of
from jira_crawler.trackers.contract import Cursor, Window

URL = "http://127.0.0.1:9/jira"
PAGE = FetchPage(project="ACME", dialect="server", window=Window("ACME"), cursor=Cursor(), size=50, retries=0)


class Engine:
    """Notes what is asked from outside of a callback."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.closed: list[str] = []

    def crawl(self, request: Request) -> None:
        self.asked.append(request)

    async def close_spider_async(self, *, reason: str) -> None:
        self.closed.append(reason)


@pytest.fixture
def spider() -> Iterator[Jira]:
    settings = Settings()
    settings.setmodule("jira_crawler.settings", priority="default")
    settings.set("REFINE_PROCESSES", 1)
    crawler = Crawler(Jira, settings)
    crawler.stats = MemoryStatsCollector(crawler)
    crawler.engine = Engine()  # type: ignore[assignment]
    made = Jira.from_crawler(crawler, projects="ACME", site=URL)
    crawler.spider = made
    yield made
    made.frontier.close()


def raw(id_: str, payload: bytes = b"{}") -> RawIssue:
    return RawIssue(
        site="example",
        base_url=URL,
        dialect="server",
        project="ACME",
        id=id_,
        key=f"ACME-{id_}",
        payload=payload,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def answered(spider: Jira, task: Task, effects: list[Any], **response: Any) -> list[Any]:
    """Gives what a callback yields where the engine gives these effects; one that is an exception is raised."""

    def handle(task: Task, reply: Any) -> Iterator[Any]:
        for effect in effects:
            if isinstance(effect, Exception):
                raise effect
            yield effect

    spider.engine.handle = handle  # type: ignore[method-assign]
    request = spider.request(task)
    return list(spider.answer(Response(request.url, request=request, **response)))


# --- out


def test_a_request_asks_what_the_engine_says_and_carries_its_task(spider):
    request = spider.request(PAGE)
    assert request.url.startswith(f"{URL}/rest/api/2/search?jql=project")
    assert request.headers.to_unicode_dict() == {"Accept": "application/json"}
    assert (request.meta, request.priority) == ({TASK: PAGE, "max_retry_times": 0}, 0)


def test_what_is_half_done_goes_first_and_the_settings_say_how_often(spider):
    request = spider.request(FetchIssue(project="ACME", dialect="server", id="7"))
    assert (request.priority, "max_retry_times" in request.meta) == (10, False)


def test_a_question_in_a_body_says_that_it_is_json(spider):
    request = spider.request(CountProject(project="ACME", dialect="cloud"))
    assert request.method == "POST"
    assert request.headers.to_unicode_dict() == {"Accept": "application/json", "Content-Type": "application/json"}


def test_what_was_asked_before_counts_on(spider):
    assert spider.request(Probe(attempt=2)).meta["retry_times"] == 2


@pytest.mark.parametrize("task", [CountProject(dialect="klingon"), FetchIssue(dialect="server", id="7", part=9)])
def test_what_nobody_can_ask_is_a_value_error(spider, task):
    with pytest.raises(ValueError, match=type(task).__name__):
        spider.request(task)


# --- back


def test_a_reply_is_what_came(spider):
    request = spider.request(PAGE)
    request.meta["download_latency"] = 1.5
    came = Response(URL, 404, {"Date": "today", "X-Two": ["a", "b"]}, b"{}", request=request)
    reply = reply_of(came)
    assert (reply.status, reply.body, reply.seconds, reply.failure, reply.attempt) == (404, b"{}", 1.5, None, 0)
    assert reply.headers == {"date": "today", "x-two": "b"}


def test_or_why_nothing_came(spider):
    request = spider.request(PAGE)
    reply = reply_of(FailureResponse(URL, "no answer in time", reached=True, request=request))
    assert reply.failure is not None
    assert (reply.failure.reason, reply.failure.last_word, reply.failure.reached) == ("no answer in time", False, True)
    assert reply.trouble == "no answer in time"


def test_tasks_become_requests_and_issues_items(spider):
    issue = object()
    first, second = answered(spider, PAGE, [issue, Probe()])
    assert first is issue
    assert second.meta[TASK] == Probe()


def test_the_issues_of_an_answer_go_on_together_and_its_tasks_before_them(spider):
    spider.batch_issues = 50
    task, batch = answered(spider, PAGE, [raw("1"), raw("2"), Probe(), raw("3")])
    assert task.meta[TASK] == Probe()
    assert batch == IssueBatch((raw("1"), raw("2"), raw("3")))


def test_a_batch_is_bounded(monkeypatch):
    monkeypatch.setattr(tracker_spider, "BATCH_BYTES", 100)
    small, large = [raw(id_) for id_ in "12345"], [raw(id_, b"x" * 100) for id_ in "67"]
    sizes = [len(batch.issues) for batch in tracker_spider.batched([*small, *large], 2)]
    assert sizes == [2, 2, 2, 1]


def test_whatever_ends_a_callback_the_issues_before_it_go_on():
    def broken():
        yield raw("1")
        raise CloseSpider("stopped")

    effects = tracker_spider.batched(broken(), 50)
    assert next(effects) == IssueBatch((raw("1"),))
    with pytest.raises(CloseSpider):
        next(effects)


def test_what_came_to_nothing_is_told_to_the_frontier(spider):
    request = spider.request(PAGE)
    spider.engine.handle = lambda task, reply: iter([GaveUp("It did not come.")])
    assert list(spider.answer(Response(URL, request=request))) == []
    assert request.meta[GAVE_UP] == "It did not come."


def test_a_page_that_is_asked_for_again_is_a_retry(spider):
    answered(spider, PAGE, [Probe(attempt=1)])
    assert spider.crawler.stats.get_value("retry/count") == 1


def test_the_engine_can_end_the_crawl(spider):
    with pytest.raises(CloseSpider) as ended:
        answered(spider, PAGE, [StopCrawl("The site is gone.")])
    assert (ended.value.reason, spider.recording.findings.sentences) == ("stopped", ["The site is gone."])


# --- the proof


def test_a_phase_is_asked_and_counted(spider):
    spider.engine.proof.left = [Phase("recount", lambda: [Probe()])]
    assert spider.advance()
    assert [request.meta[TASK] for request in spider.crawler.engine.asked] == [Probe()]
    assert "1 questions were not answered" in spider.leases.lost()


def test_a_phase_that_fails_ends_the_crawl_and_says_so(spider, monkeypatch):
    monkeypatch.setattr("jira_crawler.recording.deferred_from_coro", lambda ending: ending.close())

    def broken() -> list[Task]:
        raise OSError("no space left")

    spider.engine.proof.left = [Phase("recount", broken)]
    assert not spider.advance()
    assert spider.recording.findings.sentences == ["The crawl cannot be proved complete: OSError: no space left."]
    assert spider.recording.stopping
    spider.engine.proof.left = [Phase("last_pass", lambda: [Probe()], always=True)]
    assert not spider.advance()


def test_what_was_proved_is_in_the_stats_at_the_end(spider):
    spider.session.truncated["comment"] = 2
    certificate = spider.session.certificate("ACME")
    certificate.counted, certificate.held = 5, 4
    spider.count()
    stats = spider.crawler.stats.get_stats()
    assert (stats["cut/comment"], stats["proof/ACME"]) == (2, {"counted": 5, "held": 4})
    assert "verified/ACME" not in stats


def test_types_say_what_requests_need_not(spider):
    assert (FetchPage.divisible, FetchIssue.once, RefinePending.asks) == (True, True, False)
    assert (CompleteList.divisible, FetchPage.once, CompleteList.asks) == (False, False, True)


def test_what_nobody_is_asked_for_is_answered_at_once_and_not_tried_again(spider):
    """The answer that we give ourselves has no body: it is none that a REST call should give."""
    request = spider.request(RefinePending())
    response = Held(spider.crawler).process_request(request)
    assert response
    passed = asyncio.run(Retry(spider.crawler).process_response(request, response))
    assert passed is response
    assert "retry/count" not in spider.crawler.stats.get_stats()
