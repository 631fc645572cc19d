"""Workers that are killed, and what the others make of it."""

from __future__ import annotations

import random
import signal
from collections import Counter

import pytest

from tests.fleet.workers import assert_same, calm, until

HELD = 4  # requests that a worker has at once
WORKERS = ("first", "second", "third", "fourth")


@pytest.mark.parametrize("seed", range(10))
def test_two_of_four_killed_at_any_moment_change_nothing(workers, nursery, sandbox, tmp_path, seed):
    """Every line once, and no request more than twice: once by who was killed, and once again.

    Only what both of them held, the one after the other, was asked for a third time.
    """
    alone, asked = calm(nursery, sandbox, tmp_path)
    chance = random.Random(seed)
    fleet = workers(sandbox)
    before = len(sandbox.requests)
    killed = chance.sample(WORKERS, 2)
    moments = sorted(chance.uniform(1, 0.9 * asked.total()) for _ in killed)
    for name in WORKERS:
        fleet.start(name, projects="DEMO,TOOLS")
    for name, moment in zip(killed, moments, strict=True):
        until(lambda moment=moment: len(sandbox.requests) - before >= moment, f"{moment:.0f} requests were made")
        fleet.signal(name, signal.SIGKILL)
    fleet.finish(*killed)
    assert_same(fleet.output, alone)
    again = Counter(path for _, path, _ in sandbox.requests[before:])
    times = [again[path] / asked.get(path, 1) for path in again]
    assert max(times) <= 1 + len(killed)
    assert sum(each > 2 for each in times) <= HELD
