"""What a crawl commits in a thread: nothing is said to be durable before it is, and what breaks is said."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from scrapy.core.scraper import Slot
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler
from sqlalchemy.exc import OperationalError

from jira_crawler.crawl.session import CrawlState
from jira_crawler.exceptions import Refused
from jira_crawler.extensions import commit
from jira_crawler.extensions.commit import PILE, CommitExtension, Unchanged
from jira_crawler.extensions.rejects import Rejects
from jira_crawler.items import IssueBatch, RawIssue
from jira_crawler.pipelines.processor import DeferRefining, RefineInPool
from jira_crawler.recording import Recording
from jira_crawler.refine.chain import refine
from jira_crawler.refine.outcome import Outcome, Refined, Rejected
from jira_crawler.scheduling import committed, committing
from jira_crawler.spiders.crawl_store import DatasetStore
from jira_crawler.store import tally
from tests.unit.pipelines.test_processor import ISSUE


class Record(Recording):
    """Ends no crawl."""

    def stop(self, sentence: str) -> None:
        self.add_finding(sentence)
        self.stopping = True


@pytest.fixture
def crawler(tmp_path, monkeypatch) -> Iterator[SimpleNamespace]:
    """A crawl as far as a commit needs one; its extension is `commits`."""
    settings = Settings()
    settings.setmodule("jira_crawler.settings", priority="project")
    settings.setdict({"OUTPUT_DIR": str(tmp_path / "output"), "COMMIT_ISSUES": 3}, priority="cmdline")
    made = SimpleNamespace(engine=None, settings=settings, signals=SignalManager(), spider=SimpleNamespace())
    made.stats = MemoryStatsCollector(get_crawler())
    made.spider.recording = Record(made, "example", CrawlState(run=1))
    made.get_extension = lambda _: made.commits
    made.said = []
    made.listeners = [lambda: made.said.append("committing"), lambda: made.said.append("committed")]
    for listener, signal in zip(made.listeners, (committing, committed), strict=True):
        made.signals.connect(listener, signal=signal)
    monkeypatch.setattr(commit, "create_looping_call", lambda *_: SimpleNamespace(running=False))
    made.commits = CommitExtension(made)
    yield made
    made.commits.dataset.close()


def issue(number: int, title: str = "It leaks", **changes: object) -> RawIssue:
    payload = ISSUE.payload.replace(b'"7"', b'"%d"' % number).replace(b"ACME-7", b"ACME-%d" % number)
    payload = payload.replace(b"It leaks", title.encode())
    return replace(ISSUE, id=str(number), key=f"ACME-{number}", payload=payload, **changes)


def outcomes(crawler: SimpleNamespace, issues: list[RawIssue]) -> list[Outcome]:
    return [refine(raw, crawler.commits.policy) for raw in issues]


def stages(crawler: SimpleNamespace) -> dict[str, str]:
    crawler.commits.commit()
    return {row.id: row.stage for rows in crawler.commits.dataset.store.chunks(100) for row in rows}


def in_a_loop(crawler: SimpleNamespace, what: Callable[[], object]) -> None:
    """Does something while the loop of a crawl runs, and lets it hear of the commits that ended."""

    async def run() -> None:
        crawler.commits.loop = asyncio.get_running_loop()
        what()
        for _ in range(20):
            await asyncio.sleep(0.01)

    asyncio.run(run())


def test_a_fault_without_words_ends_the_crawl_with_a_sentence(crawler):
    """MemoryError, for one, has none."""
    crawler.commits.fail("What was crawled cannot be refined", MemoryError())
    assert crawler.spider.recording.findings.sentences == ["What was crawled cannot be refined: MemoryError."]
    assert crawler.spider.recording.stopping


def test_a_commit_that_failed_is_not_said_to_be_durable_whoever_waited_for_it(crawler, monkeypatch):
    """The engine may wait for it, too: it commits before it takes an issue out."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(crawler.commits.dataset.store, "save", full)

    def commit_twice() -> None:
        crawler.commits.dataset.record(*recordable(crawler, issue(1)))
        crawler.commits.begin_commit()
        with pytest.raises(OSError, match="No space"):
            DatasetStore(crawler).commit()

    in_a_loop(crawler, commit_twice)
    assert crawler.said == ["committing"]


def recordable(crawler: SimpleNamespace, raw: RawIssue):
    (outcome,) = outcomes(crawler, [raw])
    return commit.row(raw, 1, outcome), outcome.lines if isinstance(outcome, Refined) else b""


def test_duplicates_around_one_that_could_not_be_fetched(crawler):
    """It must not begin a commit in the middle of those that came with it."""
    batch = [issue(1), issue(2, "It is slow"), issue(3, failed="it did not come"), issue(4)]
    in_a_loop(crawler, lambda: crawler.commits.record_batch(batch, outcomes(crawler, batch)))
    found = stages(crawler)
    assert found["4"] == "Deduplicate", found


def test_a_duplicate_of_a_stored_issue_is_one_whatever_a_step_behind_says(crawler):
    """As where issues go one by one: a step behind Deduplicate does not see it at all."""
    first, second = issue(1), issue(2)
    crawler.commits.record_batch([first], outcomes(crawler, [first]))
    crawler.commits.commit()
    (through,) = outcomes(crawler, [second])
    assert through.as_duplicate
    dropped = Rejected("pipelines", "too late", as_duplicate=through.as_duplicate)
    crawler.commits.record_batch([second], [dropped])
    assert stages(crawler)["2"] == "Deduplicate"


@pytest.mark.parametrize("together", [True, False])
def test_what_is_counted_is_what_the_store_holds_whether_issues_come_together_or_one_by_one(crawler, together):
    batch = [issue(1), issue(2, "It is slow"), issue(3, failed="it did not come: 500"), issue(4, "It is fast")]
    if together:
        crawler.commits.record_batch(batch, outcomes(crawler, batch))
    else:
        for raw, outcome in zip(batch, outcomes(crawler, batch), strict=True):
            crawler.commits.record_outcome(raw, outcome)
    crawler.commits.commit()
    written, dropped, tasks = tally.of_run(crawler.commits.dataset.store.engine, 1)
    assert (written, dropped) == (3, {"Fetch/it did not come": 1})
    assert tally.since(crawler.commits.dataset.store.engine, 1) == (written, dropped, tasks)
    assert tally.since(crawler.commits.dataset.store.engine, 0) == (written, dropped, tasks)
    assert tally.since(crawler.commits.dataset.store.engine, 2) == (0, {}, {})
    counted = crawler.stats.get_stats()
    assert {name: n for name, n in counted.items() if name.startswith(("examples/", "rejected/"))} == {
        **{f"examples/{task}": n for task, n in tasks.items()},
        **{f"rejected/{reason}": n for reason, n in dropped.items()},
    }


class Broken:
    """A reader that meets what it does not expect."""

    def read_head(self, raw: RawIssue) -> None:
        raise KeyError("what nobody thought of")


def test_a_batch_that_is_only_stored_is_not_lost_without_a_word(crawler, monkeypatch):
    monkeypatch.setattr("jira_crawler.pipelines.processor.reader", lambda *_: Broken())
    batch, rejects = IssueBatch((issue(1), issue(2))), Rejects(crawler)
    try:
        asyncio.run(DeferRefining(crawler).process_item_async(batch))
    except Unchanged as dropped:
        rejects.dropped(batch, dropped)
    except Exception as error:
        rejects.failed(batch, SimpleNamespace(value=error))
    said = crawler.spider.recording.findings.sentences
    assert said or set(stages(crawler)) == {"1", "2"}


def test_a_failed_fetch_does_not_replace_what_is_being_committed(crawler):
    """Better an older version than none, wherever that is just now."""
    whole = issue(1)

    def fail_after_commit_began() -> None:
        crawler.commits.record_batch([whole], outcomes(crawler, [whole]))
        crawler.commits.begin_commit()
        crawler.commits.record_outcome(issue(1, failed="it did not come"), Rejected("Fetch", "it did not come"))

    in_a_loop(crawler, fail_after_commit_began)
    assert stages(crawler) == {"1": ""}


class Held:
    """A pool that gives back nothing before it is told."""

    def __init__(self, crawler: SimpleNamespace):
        self.crawler, self.go = crawler, asyncio.Event()

    async def refine(self, issues):
        await self.go.wait()
        return outcomes(self.crawler, list(issues))


def test_batches_are_recorded_in_their_order_and_a_fault_stops_the_crawl_once(crawler):
    async def run() -> list[object]:
        crawler.commits.loop = asyncio.get_running_loop()
        processor = RefineInPool(crawler)
        held = processor.pool = Held(crawler)
        ones = [asyncio.ensure_future(processor.process_item_async(IssueBatch((issue(n),)))) for n in (1, 2)]
        await asyncio.sleep(0)
        processor.pool = SimpleNamespace(refine=None)
        broken = asyncio.ensure_future(processor.process_item_async(IssueBatch((issue(3),))))
        held.go.set()
        return await asyncio.gather(*ones, broken, return_exceptions=True)

    found = asyncio.run(run())
    assert [type(one).__name__ for one in found] == ["IssueBatch", "IssueBatch", "Unchanged"]
    assert len(crawler.spider.recording.findings.sentences) == 1


def test_scrapy_hears_how_large_the_issues_are_that_wait(crawler):
    """The last part of a long list is a small answer, and the issue that it completes may be of any size."""

    async def needs_backout() -> bool:
        processor = RefineInPool(crawler)
        held = processor.pool = Held(crawler)
        crawler.engine = SimpleNamespace(scraper=SimpleNamespace(slot=Slot(5_000_000)))
        large = replace(issue(1), payload=issue(1).payload + b" " * 6_000_000)
        waiting = asyncio.ensure_future(processor.process_item_async(IssueBatch((large,))))
        await asyncio.sleep(0)
        seen = crawler.engine.scraper.slot.needs_backout()
        held.go.set()
        await waiting
        return seen

    assert asyncio.run(needs_backout())


# --- a crawl whose loop serves others


class Engine:
    """As much of an engine as can be told to ask for nothing more."""

    paused = False

    def pause(self) -> None:
        self.paused = True

    def unpause(self) -> None:
        self.paused = False


@pytest.fixture
def serving(crawler, monkeypatch):
    """A crawl that serves; its commits wait until they are `let`."""
    crawler.commits.serves, crawler.engine, crawler.let = True, Engine(), threading.Event()
    save = crawler.commits.dataset.store.save

    def later(*given: Any, **named: Any) -> None:
        crawler.let.wait()
        save(*given, **named)

    monkeypatch.setattr(crawler.commits.dataset.store, "save", later)
    yield crawler
    crawler.let.set()


def test_a_loop_that_serves_waits_for_no_commit_and_asks_for_nothing_more_until_it_is_through(serving):
    async def run() -> None:
        serving.commits.loop = asyncio.get_running_loop()
        for number in range(1, PILE * 3 + 4):
            serving.commits.record(*recordable(serving, issue(number)))
        assert (serving.engine.paused, serving.said) == (True, ["committing"])
        serving.commits.idle()  # which is no reason to wait either
        serving.let.set()
        await serving.commits.flush()
        assert not serving.engine.paused
        assert not serving.commits.is_busy

    asyncio.run(run())
    assert len(stages(serving)) == PILE * 3 + 3


def test_what_is_to_be_durable_now_and_cannot_be_is_said(serving, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    async def run() -> None:
        serving.commits.loop = asyncio.get_running_loop()
        monkeypatch.setattr(serving.commits.dataset.store, "save", full)
        serving.commits.dataset.record(*recordable(serving, issue(1)))
        with pytest.raises(Refused, match="cannot be written"):
            await serving.commits.flush()

    asyncio.run(run())
    assert serving.spider.recording.stopping


@pytest.mark.parametrize("serves", [True, False])
def test_a_server_that_is_away_ends_only_a_crawl_that_does_not_go_on_for_ever(crawler, serves):
    crawler.commits.serves = serves
    away = OperationalError("SELECT 1", {}, psycopg.OperationalError("connection refused"))
    with pytest.raises(Unchanged), crawler.commits.reading():
        raise away
    assert crawler.spider.recording.stopping is not serves
    (said,) = crawler.spider.recording.findings.sentences
    assert said.startswith("The store went away" if serves else "The store cannot be read")
