"""What comes while a batch is written makes up the next one; what is not written is not said to be."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence

import pytest
from sqlalchemy.exc import OperationalError

from jira_crawler.serve import intake as module
from jira_crawler.serve.intake import BATCH, Intake, NotKept
from jira_crawler.store.deliveries import Delivery


def delivery(name: object) -> Delivery:
    return Delivery("made-up", str(name), "jira:issue_updated", 1)


class Slow:
    """A store that writes when it is let to, and knows what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun, self.let = threading.Semaphore(0), threading.Semaphore(0)
        self.error: Exception | None = None

    def receive(self, batch: Sequence[Delivery]) -> list[int | None]:
        self.begun.release()
        self.let.acquire()
        if self.error:
            raise self.error
        seen = {name for earlier in self.batches for name in earlier}
        self.batches.append([each.identity for each in batch])
        return [None if each.identity in seen else number for number, each in enumerate(batch)]


def with_slow(test: Callable[[Slow, Intake], Awaitable[None]], arrived: Callable[[], None] = lambda: None) -> Slow:
    async def run() -> None:
        intake = Intake(slow.receive, arrived)
        await test(slow, intake)
        await intake.close()

    slow = Slow()
    asyncio.run(run())
    return slow


async def begun(slow: Slow) -> None:
    await asyncio.to_thread(slow.begun.acquire)


def test_a_commit_is_shared_by_all_that_came_during_the_one_before():
    seen = []

    async def test(slow: Slow, intake: Intake) -> None:
        first = asyncio.create_task(intake.keep(delivery(0)))
        await begun(slow)
        others = [asyncio.create_task(intake.keep(delivery(n))) for n in range(1, BATCH + 2)]
        await asyncio.sleep(0)
        assert not first.done()
        slow.let.release(3)
        assert all(await asyncio.gather(first, *others))
        seen.append(len(others))

    slow = with_slow(test)
    assert [len(batch) for batch in slow.batches] == [1, BATCH, 1]
    assert seen == [BATCH + 1]


def test_whoever_follows_is_told_of_what_is_new_and_of_nothing_else():
    told = []

    async def test(slow: Slow, intake: Intake) -> None:
        slow.let.release(2)
        assert await intake.keep(delivery("a"))
        assert told == [1]
        assert not await intake.keep(delivery("a"))

    with_slow(test, lambda: told.append(1))
    assert told == [1]


def test_what_was_not_written_is_not_said_to_be_and_the_next_one_may_be(caplog):
    caplog.set_level(logging.INFO)

    async def test(slow: Slow, intake: Intake) -> None:
        slow.error = OperationalError("INSERT secret", {}, Exception("database or disk is full\nmore"))
        slow.let.release(3)
        for _ in range(2):
            with pytest.raises(NotKept):
                await intake.keep(delivery("a"))
            assert intake.trouble == "database or disk is full"
        slow.error = None
        assert await intake.keep(delivery("a"))
        assert intake.trouble == ""

    with_slow(test)
    assert [record.getMessage() for record in caplog.records if record.name == module.__name__] == [
        "Deliveries cannot be kept, and are refused until they can: database or disk is full",
        "Deliveries are kept again",
    ]


def test_whoever_was_left_waiting_is_told_so_and_not_written_any_more(monkeypatch):
    async def test(slow: Slow, intake: Intake) -> None:
        first = asyncio.create_task(intake.keep(delivery("first")))
        await begun(slow)
        monkeypatch.setattr(module, "PATIENCE", 0)
        with pytest.raises(NotKept, match="could not be written in"):
            await intake.keep(delivery("late"))
        slow.let.release(2)
        assert await first

    assert with_slow(test).batches == [["first"]]


def test_closing_waits_for_what_was_taken():
    async def test(slow: Slow, intake: Intake) -> None:
        kept = [asyncio.create_task(intake.keep(delivery(n))) for n in range(3)]
        await begun(slow)
        closing = asyncio.create_task(intake.close())
        await asyncio.sleep(0)
        assert not closing.done()
        slow.let.release(3)
        await closing
        assert all(each.done() and each.result() for each in kept)

    with_slow(test)


def test_bodies_in_memory_are_bounded():
    async def run() -> None:
        intake = Intake(lambda batch: [], most=100)
        assert intake.reserve(60)
        assert not intake.reserve(41)
        assert intake.reserve(40)
        intake.release(60)
        assert intake.reserve(60)
        await intake.close()

    asyncio.run(run())
