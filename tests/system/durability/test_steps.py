"""Killed at every step of a commit and of putting the feeds in order: nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from tests.rounds import thorough
from tests.system.durability.driver import STEPS
from tests.system.durability.trial import Nursery, Trial, assert_same, ids

ISSUES = 24
EDITED = 5
SEED = 50
FRONTIER = ("queue_commit", "acknowledge", "save_state", "clear")
# Of what happens with every batch, and of what happens when the feeds are put in order at the end.
ORDER = [
    step
    for step in STEPS
    if step.rpartition(" ")[0]
    in ("compact", "copy_spans", "begin_swap", "replace", "end_swap", "write_rejects", "rejects", "fsync", "COMMIT")
]
COMMIT = [step for step in STEPS if step not in ORDER or step.startswith(("fsync", "COMMIT"))]


@dataclass
class Scene:
    """A tracker, what an undisturbed crawl makes of it, and where the crawls begin that are disturbed."""

    sandbox: Sandbox
    calm: Path
    base: Trial | None
    counts: dict[str, int]


def trial(nursery: Nursery, sandbox: Sandbox, home: Path, jobdir: bool = False) -> Trial:
    # By count alone, so that every run comes by about the same steps.
    return Trial(nursery, sandbox, home, jobdir, {"COMMIT_SECONDS": "3600"})


def counted(subject: Trial) -> dict[str, int]:
    """How often an undisturbed run comes by each step."""
    counts = subject.home / "counts"
    assert subject.nursery.wait(subject.start("count", env={"COUNTS": str(counts)})) == 0, subject.log
    return json.loads(counts.read_bytes())


@pytest.fixture(scope="module")
def first(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A dataset that is not there yet, whose duplicates come in the wrong order."""
    home = tmp_path_factory.mktemp("first")
    with running(issues=ISSUES, page_cap=6, seed=SEED) as sandbox:
        calm = trial(nursery, sandbox, home / "calm", True)
        counts = counted(calm)
        yield Scene(sandbox, calm.output, None, counts)


@pytest.fixture(scope="module")
def update(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A dataset of which a part has changed since."""
    home = tmp_path_factory.mktemp("update")
    with running(issues=ISSUES, page_cap=6, seed=SEED) as sandbox:
        base = trial(nursery, sandbox, home / "base")
        assert base.run().status == 0
        for id_ in sorted(ids(sandbox), key=int)[:: ISSUES // EDITED]:
            sandbox.mutations.apply("edit", id_)
        calm = trial(nursery, sandbox, home / "calm")
        assert calm.run().status == 0
        again = trial(nursery, sandbox, home / "again", True).copy_of(base)
        counts = counted(again)
        yield Scene(sandbox, calm.output, base, counts)


def deaths(step: str, count: int) -> list[int]:
    """At which of so many times to die: before the first, and after one with much behind it; or at each of a few."""
    once = 1 if step.endswith("before") else max(1, count * 2 // 3)
    return [once, *thorough(*(number for number in (1, 2)[:count] if count <= 2 and number != once))]


@pytest.mark.parametrize("step", COMMIT)
def test_a_crawl_that_dies_at_a_commit_is_made_whole_by_the_next(
    nursery: Nursery, tmp_path: Path, first: Scene, step: str
) -> None:
    for number in deaths(step, first.counts[step]):
        # Before a step without a JOBDIR, after it with: the store does the same for both.
        jobdir = step.endswith("after") or step.startswith(FRONTIER)
        subject = trial(nursery, first.sandbox, tmp_path / str(number), jobdir)
        subject.die_at(step, number)
        assert_same(subject.run(), first.calm, first.sandbox)


@pytest.mark.parametrize("step", ORDER)
def test_a_crawl_that_dies_at_putting_in_order_is_made_whole_by_the_next(
    nursery: Nursery, tmp_path: Path, update: Scene, step: str
) -> None:
    for number in deaths(step, update.counts[step]):
        subject = trial(nursery, update.sandbox, tmp_path / str(number), step.endswith("before")).copy_of(update.base)
        subject.die_at(step, number)
        assert_same(subject.run(), update.calm, update.sandbox)


def test_every_step_is_died_at(first: Scene, update: Scene) -> None:
    assert {*COMMIT, *ORDER} == set(STEPS)
    assert first.counts.keys() >= set(COMMIT)
    assert update.counts.keys() >= set(ORDER)
    for folder in (first.calm, update.calm):
        assert (folder / "rejects.jsonl").stat().st_size
