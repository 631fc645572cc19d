"""Processes that refine may die: what they had is refined again, and what kills them is one reject."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import forkserver
from pathlib import Path
from textwrap import dedent

import pytest
import zstandard

from jira_crawler.policy import STEPS, Policy
from jira_crawler.refine import pool as pools
from jira_crawler.refine.chain import refine
from jira_crawler.refine.executor import begin_server, executor
from jira_crawler.refine.outcome import Outcome, Rejected
from jira_crawler.refine.pool import ProcessesDie, RefinePool
from tests.conftest import ROOT
from tests.integration.refine import poison
from tests.unit.pipelines.test_processor import ISSUE

POISONED = Policy(steps=(poison.PATH, *STEPS))


def issues(*ids: int, poisoned: tuple[int, ...] = ()) -> list:
    made = []
    for id_ in ids:
        payload = ISSUE.payload.replace(b'"7"', b'"%d"' % id_).replace(b"ACME-7", b"ACME-%d" % id_)
        if id_ in poisoned:
            payload = payload.replace(b"It leaks", poison.MARK.encode())
        made.append(replace(ISSUE, id=str(id_), key=f"ACME-{id_}", payload=payload))
    return made


@pytest.fixture
def pool() -> Iterator[RefinePool]:
    made = RefinePool(2, POISONED)
    yield made
    made.close()


def refined(pool: RefinePool, *chunks: list) -> list[list[Outcome]]:
    async def all_at_once() -> list[list[Outcome]]:
        return await asyncio.gather(*map(pool.refine, chunks))

    return asyncio.run(all_at_once())


def test_it_says_what_this_process_would(pool):
    chunk = issues(1, 2, 3)
    packed = [replace(raw, payload=zstandard.compress(raw.payload)) for raw in chunk]
    here = [refine(raw, Policy()) for raw in chunk]
    assert refined(pool, chunk, packed) == [here, here]


def test_an_issue_that_kills_is_one_reject_and_its_neighbours_are_refined(pool):
    chunks = issues(1, 2), issues(3, 4, 5, poisoned=(4,)), issues(6, 7)
    found = dict(zip((1, 2, 3, 4, 5, 6, 7), (one for some in refined(pool, *chunks) for one in some), strict=True))
    assert found.pop(4) == Rejected("pipelines", pools.KILLED)
    assert {type(one) for one in found.values()} == {type(refine(ISSUE, Policy()))}
    assert refined(pool, issues(8))  # and it goes on


@pytest.mark.parametrize("how", ["PoisonOnce", "Torn"])
def test_a_process_that_somebody_kills_costs_a_repetition(tmp_path, how):
    """The first that refines this issue is killed, at its work or in the middle of its answer, and nobody after it."""
    once = RefinePool(2, Policy(steps=(f"{poison.__name__}.{how}", *STEPS), own=(("ONCE", str(tmp_path / "killed")),)))
    try:
        (found,) = refined(once, issues(1, 2))
    finally:
        once.close()
    assert Path(tmp_path / "killed").exists()
    assert found == [refine(raw, Policy()) for raw in issues(1, 2)]


def test_any_number_of_issues_may_kill(pool):
    everything = 1, 2, 3
    assert refined(pool, issues(*everything, poisoned=everything)) == [[Rejected("pipelines", pools.KILLED)] * 3]


def test_killers_between_which_others_are_refined_are_not_in_a_row(pool):
    """Each alone on its answer: the crawl goes on."""

    async def one_after_the_other() -> list[Outcome]:
        found = []
        for id_ in range(1, 8, 2):
            found += await pool.refine(issues(id_, poisoned=(id_,)))
            found += await pool.refine(issues(id_ + 1))
        return found

    found = asyncio.run(one_after_the_other())
    assert found[::2] == [Rejected("pipelines", pools.KILLED)] * 4
    assert {type(one) for one in found[1::2]} == {type(refine(ISSUE, Policy()))}


def test_where_even_one_issue_is_all_there_is_everything_that_dies_is_not_its_fault():
    """A crawl that has little to fetch must not take good issues out of their feeds for want of memory."""
    doomed = RefinePool(2, Policy(steps=(poison.ALWAYS, *STEPS)))
    try:
        with pytest.raises(ProcessesDie):
            refined(doomed, issues(1, 2, 3))
    finally:
        doomed.close()


def test_it_can_be_closed_before_it_was_used_and_twice():
    unused = RefinePool(2, Policy())
    unused.close()
    unused.close()


def test_nobody_outlives_its_parent(pool):
    refined(pool, issues(1))
    workers = [worker for each in pool._waiting for worker in each._processes.values()]
    pool.close()
    assert [worker.exitcode for worker in workers] == [0] * len(workers)
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    assert os.getpid()


def test_who_starts_the_processes_may_be_killed_too(tmp_path, monkeypatch):
    """Whoever is killed, it costs a repetition; that it is gone may be seen a moment later than what it started is."""
    go = tmp_path / "go"
    held = RefinePool(2, Policy(steps=("tests.system.refine.added.Held", *STEPS), own=(("HOLD", str(go)),)))
    starter = forkserver._forkserver
    seen = starter.ensure_running

    async def killed_meanwhile() -> list[Outcome]:
        refining = asyncio.ensure_future(held.refine(issues(1)))
        while not (tmp_path / "held-1").exists():
            await asyncio.sleep(0.01)
        unseen = iter((starter, forkserver))
        for where in (starter, forkserver):
            monkeypatch.setattr(where, "ensure_running", lambda: None if next(unseen, None) else seen())
        os.kill(starter._forkserver_pid, signal.SIGKILL)
        go.touch()
        return await refining

    try:
        (found,) = asyncio.run(killed_meanwhile())
    finally:
        held.close()
    assert found == refine(*issues(1), Policy())


def test_a_temporary_folder_of_any_length_will_do(tmp_path):
    long = tmp_path / ("so long " * 12)
    long.mkdir()
    program = """
        import asyncio
        from jira_crawler.policy import Policy
        from jira_crawler.refine.pool import HARMLESS, RefinePool
        pool = RefinePool(2, Policy())
        print(len(asyncio.run(pool.refine([HARMLESS]))))
        pool.close()
    """
    command = [sys.executable, "-W", "error", "-c", dedent(program)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"TMPDIR": str(long)}, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"1\n", b"")
    assert list(long.iterdir()) == []


def test_processes_can_be_made_in_a_thread_once_what_they_are_forked_from_is_begun() -> None:
    begin_server()

    def in_thread() -> int:
        with executor(2) as made:
            return made.submit(abs, -7).result()

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(in_thread).result() == 7
