"""Whoever has the store is given what the engine made of the very issue it has; everything else it makes itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from jira_crawler.engines.job import Answer, Job
from jira_crawler.engines.refining import Refining, planned
from jira_crawler.engines.shards import Shards
from jira_crawler.engines.sources import StoredPayloads, address_of
from jira_crawler.engines.work import work
from jira_crawler.exceptions import Refused
from jira_crawler.policy import DEFAULTS
from jira_crawler.refine.chain import refine
from jira_crawler.refine.outcome import Outcome
from jira_crawler.refine.source import StoredIssue
from jira_crawler.store.store import Store
from tests.engine_here import Here
from tests.unit.engines import stored

Doing = Callable[[bytes], bytes | None]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = stored.made(tmp_path, 60)
    yield store
    store.close()


@pytest.fixture
def shards(tmp_path: Path) -> Shards:
    return Shards(str(tmp_path / "shards"))


def jobs(store: Store, tmp_path: Path, shards: Shards) -> list[Job]:
    return planned(StoredPayloads(store, address_of(tmp_path, "")), (), DEFAULTS, shards, 10)


def outcomes(store: Store, work: list[Job], shards: Shards, engine: Here) -> dict[str, Outcome | None]:
    async def all_of_them() -> dict[str, Outcome | None]:
        refining = Refining(work, shards, engine.opened, "here")
        running = asyncio.ensure_future(refining.run())
        issues = [StoredIssue(row.id, row.raw_issue()) for rows in store.chunks(100) for row in rows]
        try:
            return {each.id: await refining.outcome(each) for each in issues}
        finally:
            refining.stop()
            await running

    return asyncio.run(all_of_them())


def test_each_issue_has_what_the_chain_makes_of_it_and_nothing_is_done_twice(
    store: Store, tmp_path: Path, shards: Shards
) -> None:
    work = jobs(store, tmp_path, shards)
    truth = {str(n): refine(stored.raw(n), DEFAULTS) for n in range(100, 160)}
    once, twice, changed = Here(), Here(), Here()

    assert outcomes(store, work, shards, once) == truth
    assert outcomes(store, jobs(store, tmp_path, shards), shards, twice) == truth
    stored.put(store, stored.raw(123, "Another report", 9))
    again = outcomes(store, jobs(store, tmp_path, shards), shards, changed)

    assert (once.jobs, twice.jobs, changed.jobs) == (len(work), 0, 1)
    assert again == truth | {"123": refine(stored.raw(123, "Another report", 9), DEFAULTS)}


def test_what_changed_or_came_meanwhile_is_not_taken_for_what_was_refined(
    store: Store, tmp_path: Path, shards: Shards
) -> None:
    work = jobs(store, tmp_path, shards)
    engine = Here()
    outcomes(store, work, shards, engine)
    stored.put(store, stored.raw(123, "Another report"), stored.raw(990), stored.raw(1))  # fetched at the same moment

    found = outcomes(store, work, shards, engine)

    assert [id_ for id_, outcome in found.items() if outcome is None] == ["1", "123", "990"]


def test_a_job_that_kills_is_left_to_us_and_the_others_are_done(store: Store, tmp_path: Path, shards: Shards) -> None:
    work = jobs(store, tmp_path, shards)
    killer = msgspec.msgpack.encode(work[1])

    found = outcomes(store, work, shards, Here(lambda job: None if job == killer else stored_work(job)))

    left = [id_ for id_, outcome in found.items() if outcome is None]
    assert left == [id_ for id_ in found if work[1].part.first <= id_ <= work[1].part.last] != []


def test_a_shard_that_is_lost_between_two_runs_is_left_to_us_and_then_made_again(
    store: Store, tmp_path: Path, shards: Shards
) -> None:
    work = jobs(store, tmp_path, shards)
    outcomes(store, work, shards, Here())
    for path in (tmp_path / "shards").glob("*.shard"):
        path.unlink()
    engine, later = Here(), Here()

    assert set(outcomes(store, work, shards, engine).values()) == {None}
    assert None not in outcomes(store, work, shards, later).values()
    assert (engine.jobs, later.jobs) == (0, len(work))


def elsewhere(job: bytes) -> bytes:
    """A worker whose folder is another one."""
    return msgspec.msgpack.encode(Answer(msgspec.msgpack.decode(job, type=Job).name))


def barred(job: bytes) -> bytes:
    return msgspec.msgpack.encode(Answer(msgspec.msgpack.decode(job, type=Job).name, "its disk is full"))


def broken(job: bytes) -> bytes:
    raise Refused("There is no Ray at nowhere: nobody answers.")


@pytest.mark.parametrize(
    ("doing", "said"),
    [
        (lambda job: None, r"Workers of here die, whatever they are given\."),
        (
            elsewhere,
            r"What workers left in ENGINE_FOLDER=.* is not to be found: they and this machine have to reach .*",
        ),
        (barred, r"A worker of here cannot refine: its disk is full\."),
        (broken, r"There is no Ray at nowhere: nobody answers\."),
    ],
    ids=["die", "elsewhere", "barred", "broken"],
)
def test_an_engine_that_can_do_nothing_is_one_sentence(tmp_path: Path, shards: Shards, doing: Doing, said: str) -> None:
    store = stored.made(tmp_path, 150)
    with pytest.raises(Refused, match=f"^{said}$"):
        outcomes(store, jobs(store, tmp_path, shards), shards, Here(doing))
    store.close()


stored_work = work
