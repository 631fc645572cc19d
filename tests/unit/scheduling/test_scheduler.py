"""Scrapy's scheduler: what waits in the frontier is asked, what is of a process waits in it, and nothing vanishes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.signalmanager import SignalManager
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from jira_crawler.crawl.session import CrawlState
from jira_crawler.crawl.task import Task
from jira_crawler.frontier.protocol import FrontierLost
from jira_crawler.frontier.sqlite_frontier import SqliteFrontier
from jira_crawler.recording import Recording
from jira_crawler.scheduling import LEASE, TASK, acknowledged, committed, committing, stopping
from jira_crawler.scheduling.leases import Leases
from jira_crawler.scheduling.scheduler import TaskScheduler
from jira_crawler.sites import Site
from tests.unit.frontier import tasks
from tests.unit.frontier.tasks import Anew, Ask, Soon

SITE = Site("made_up", "https://jira.example.org")


class Asker:
    """Has what a scheduler needs of a spider."""

    site = SITE

    def __init__(self) -> None:
        self.frontier = SqliteFrontier(None, tasks)
        self.leases = Leases()
        self.recording: Record

    def request(self, task: Task) -> Request:
        path = getattr(task, "path", "")
        url = path if "://" in path else f"{SITE.url}/{path}"
        return Request(url, meta={TASK: task}, priority=task.priority)

    def ask(self, task: Task) -> Request:
        request = self.request(task)
        self.leases.asked(request)
        return request


class Record(Recording):
    """Ends no crawl."""

    def stop(self, sentence: str) -> None:
        self.add_finding(sentence)


@pytest.fixture
def asker() -> Asker:
    return Asker()


@pytest.fixture
def scheduler(asker: Asker) -> Iterator[TaskScheduler]:
    stats = MemoryStatsCollector(get_crawler())
    crawler: Any = SimpleNamespace(spider=asker, signals=SignalManager(), stats=stats)
    asker.recording = Record(crawler, SITE.name, CrawlState(run=1))
    made = TaskScheduler.from_crawler(crawler)
    made.open(asker)  # type: ignore[arg-type]
    yield made
    asker.frontier._database.close()


def asks(scheduler: TaskScheduler) -> list[str]:
    """Takes all that can be asked now, and gives its paths."""
    return [request.url.rpartition("/")[2] for request in iter(scheduler.next_request, None)]


def closed(scheduler: TaskScheduler) -> None:
    async def close() -> None:
        await scheduler.close("finished").asFuture(asyncio.get_running_loop())

    asyncio.run(close())


def test_whoever_has_something_to_end_hears_of_the_end_before_anything_is_closed(scheduler):
    """However a crawl ends, Scrapy closes its scheduler before it says that it is over."""
    heard: list[str] = []

    async def end() -> None:
        await asyncio.sleep(0)
        heard.append("ended")

    scheduler.crawler.signals.connect(end, signal=stopping)
    closed(scheduler)
    assert heard == ["ended"]


def test_a_question_waits_in_the_frontier_and_comes_back_leased(scheduler, asker):
    assert scheduler.enqueue_request(asker.ask(Ask(path="a")))
    assert scheduler.has_pending_requests()
    assert asker.leases.lost() == ""  # the frontier keeps it
    request = scheduler.next_request()
    assert (request.meta[TASK], bool(request.meta[LEASE])) == (Ask(path="a"), True)
    assert not scheduler.has_pending_requests()
    assert "1 questions were not answered" in asker.leases.lost()


def test_a_question_that_was_asked_before_is_known_and_open_no_more(scheduler, asker):
    scheduler.enqueue_request(asker.ask(Ask(path="a")))
    assert not scheduler.enqueue_request(asker.ask(Ask(path="a")))
    assert asks(scheduler) == ["a"]
    found = scheduler.crawler.stats.get_stats()
    assert (found["frontier/taken"], found["frontier/known"]) == (1, 1)


def test_what_every_process_asks_anew_waits_here_and_goes_first(scheduler, asker):
    scheduler.enqueue_request(asker.ask(Soon(path="kept")))
    scheduler.enqueue_request(asker.ask(Anew(path="anew")))
    scheduler.enqueue_request(asker.ask(Anew(path="anew")))
    assert not asker.frontier.push(Soon(path="kept"))
    assert asks(scheduler) == ["anew", "anew", "kept"]


def test_a_repetition_waits_here_with_its_lease(scheduler, asker):
    """Nothing of it is written down: a proxy's password that Scrapy noted on it stays in the process."""
    scheduler.enqueue_request(asker.ask(Ask(path="a")))
    scheduler.enqueue_request(asker.ask(Soon(path="b")))
    first = scheduler.next_request()
    again = first.replace(dont_filter=True, priority=-1)
    again.meta["proxy"] = "http://user:sesame@proxy.example.org:3128"
    assert scheduler.enqueue_request(again)
    assert scheduler.has_pending_requests()
    written = asker.frontier._database.execute("SELECT data FROM tasks").fetchall()
    assert not [data for (data,) in written if b"sesame" in data]
    taken = scheduler.next_request()
    assert taken is again
    assert taken.meta[LEASE] == first.meta[LEASE]
    assert asks(scheduler) == ["a"]


def test_a_repetition_that_is_lost_on_its_way_is_missed(scheduler, asker):
    scheduler.enqueue_request(asker.ask(Ask(path="a")))
    scheduler.enqueue_request(scheduler.next_request().copy())
    scheduler.next_request()  # and nobody hears of it any more
    closed(scheduler)
    assert len(asker.recording.findings.sentences) == 1
    assert "one of them: /a" in asker.recording.findings.sentences[0]


def test_what_is_fetched_for_a_worker_that_sleeps_comes_back_as_it_is(scheduler, asker):
    scheduler.enqueue_request(asker.ask(Ask(path="a")))
    fetched = scheduler.fetch()
    assert scheduler.enqueue_request(fetched)  # Scrapy's engine puts it here
    assert scheduler.next_request() is fetched


@pytest.mark.parametrize(
    "path",
    [
        "https://elsewhere.example.net/x",
        "file:///etc/passwd",
        "https://jira.example.org.example.net/x",
        "nonsense://",
    ],
)
def test_what_leads_elsewhere_is_not_asked(scheduler, asker, path):
    """A worker has credentials, files and a network of its own, which are not for whoever can write to its frontier."""
    asker.frontier.push(Ask(path=path))
    asker.frontier.push(Ask(path="b"))
    assert asks(scheduler) == ["b"]
    assert asker.recording.findings.sentences == asker.frontier.failures() != []
    assert asker.recording.findings.sentences[0].startswith("A question that waited cannot be asked: ")


def test_what_cannot_be_read_is_missed(scheduler, asker):
    asker.frontier.push(Ask(path="a"))
    asker.frontier._database.execute("UPDATE tasks SET data = 'nonsense'")
    assert scheduler.next_request() is None
    assert asker.recording.findings.sentences == asker.frontier.failures()
    assert asker.recording.findings.sentences[0].startswith("A question in JOBDIR cannot be asked: ")


def test_a_request_that_is_nobodys_task_is_asked_once_and_kept_nowhere(scheduler):
    request = Request(f"{SITE.url}/x")
    assert scheduler.enqueue_request(request)
    assert scheduler.next_request() is request
    assert not scheduler.has_pending_requests()


def commit(scheduler: TaskScheduler) -> None:
    scheduler.crawler.signals.send_catch_log(signal=committing)
    scheduler.crawler.signals.send_catch_log(signal=committed)


def test_what_is_committed_is_acknowledged_and_how_far_that_is_told(scheduler, asker):
    heard: list[dict[str, int]] = []

    def hear(watermarks: dict[str, int]) -> None:
        heard.append(watermarks)

    scheduler.crawler.signals.connect(hear, signal=acknowledged)
    asker.frontier.keep(CrawlState(run=5))
    for path, floor in (("a", 5), ("b", 9)):
        scheduler.enqueue_request(asker.ask(Ask(path=path, project="DEMO", floor=floor)))
    first, second = scheduler.next_request(), scheduler.next_request()
    asker.leases.exhausted(first.meta[LEASE])
    scheduler.crawler.signals.send_catch_log(signal=committing)
    asker.leases.exhausted(second.meta[LEASE], "no answer")  # which is not in this commit
    scheduler.crawler.signals.send_catch_log(signal=committed)
    commit(scheduler)
    commit(scheduler)  # and nothing is new
    assert heard == [{"DEMO": 9}, {"DEMO": 9}]
    assert asker.frontier.failures() == ["no answer"]
    assert asker.frontier.resume() == CrawlState(run=5)


@pytest.mark.parametrize(
    ("reason", "fault", "forgotten"),
    [("finished", "", 1), ("finished", "no", 0), ("shutdown", "", 0)],
)
def test_only_a_crawl_that_missed_nothing_is_forgotten(scheduler, asker, reason, fault, forgotten):
    closed: list[bool] = []
    asker.frontier.close = lambda complete=False: closed.append(complete)
    asker.recording.findings.sentences.extend([fault] if fault else [])
    scheduler.ended(reason)
    assert closed == [bool(forgotten)]


def test_a_frontier_that_is_lost_ends_the_crawl_with_a_sentence(scheduler, asker):
    def lost(*_: Any, **__: Any) -> Any:
        raise FrontierLost("disk full")

    for name in ("push", "lease", "commit", "close"):
        setattr(asker.frontier, name, lost)
    assert not scheduler.enqueue_request(asker.ask(Ask(path="a")))
    assert scheduler.next_request() is None
    scheduler.acknowledge()
    scheduler.ended("finished")
    assert asker.recording.findings.sentences == ["The questions of the crawl cannot be kept: disk full."]
