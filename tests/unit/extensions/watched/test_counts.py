"""What takes long is counted in a thread, seldom, and nobody waits for it but whoever looks first."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from jira_crawler.crawl.session import Certificate
from jira_crawler.extensions.watched import counts as module
from jira_crawler.extensions.watched.counts import Counts, LiveCounts
from jira_crawler.tables.survey import Survey


@pytest.fixture
def counting(monkeypatch):
    """Counts that begin with `begun`, and end when they are `let`."""
    made = LiveCounts(SimpleNamespace())
    made.begun, made.let, made.error = threading.Semaphore(0), threading.Semaphore(0), None

    def ask() -> Counts:
        made.begun.release()
        made.let.acquire()
        if made.error:
            raise made.error
        return Counts(Survey(), at=5.0)

    monkeypatch.setattr(made, "_ask", ask)
    return made


def test_who_looks_first_does_not_wait_for_ever(counting, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.01)

    async def run() -> None:
        assert (await counting.current()).at is None
        assert (await counting.current()).at is None  # which begins no second one
        counting.let.release()
        await counting.close()
        assert (await counting.current()).at == 5.0

    asyncio.run(run())
    assert counting.begun.acquire(blocking=False)
    assert not counting.begun.acquire(blocking=False)


def test_it_is_not_counted_again_before_it_is_due(counting):
    async def run() -> None:
        counting.let.release(2)
        for due in (True, False, True):
            if due:
                counting._due = 0.0
            await counting.current()
            await counting.close()

    asyncio.run(run())
    assert [counting.begun.acquire(blocking=False) for _ in range(3)] == [True, True, False]


def test_a_store_that_breaks_leaves_what_was_counted(counting):
    async def run() -> None:
        counting.let.release(2)
        await counting.current()
        counting._due, counting.error = 0.0, OperationalError("SELECT", {}, Exception("disk I/O error"))
        await counting.current()
        await counting.close()
        assert (await counting.current()).at == 5.0

    asyncio.run(run())


def test_each_project_has_its_feeds_and_what_they_are_worth():
    counts = Counts(
        Survey(qualities={"DEMO": (1.5, 3)}),
        fates={
            "DEMO": {"in_feed": 3, "rejected": 1, "examples": 40},
            "OLD": {"in_feed": 1, "rejected": 0, "examples": 2},
        },
        feeds={"DEMO.jsonl": 100, "DEMO.w2.jsonl": 20, "DEMOS.jsonl": 7},
        listed={"DEMO": 9.0},
    )
    demo, new, old = counts.projects(["DEMO", "NEW"], {"DEMO": Certificate(counted=5, held=4)})
    assert (demo.in_feed, demo.rejected, demo.examples, demo.bytes, demo.quality) == (3, 1, 40, 120, 0.5)
    assert (demo.gap, demo.listed) == (1, 9.0)
    assert (new.name, new.in_feed, new.quality, new.gap) == ("NEW", 0, None, None)
    assert (old.name, old.in_feed, old.listed) == ("OLD", 1, None)
