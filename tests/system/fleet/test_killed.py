"""Workers that are killed, and what the others make of it."""

from __future__ import annotations

import random
import time

import pytest

from tests.rounds import rounds
from tests.system.fleet.workers import assert_same, calm, noting, until

WORKERS = ("first", "second", "third", "fourth")


@pytest.mark.parametrize("seed", range(rounds(2, 10)))
def test_two_of_four_killed_at_any_moment_change_nothing(workers, nursery, sandbox, tmp_path, seed):
    """Every line once, and no request more than twice: once by who was killed, and once again.

    Only what the second one was about when it was killed, having it from the first, is asked for a third time.
    """
    alone, asked = calm(nursery, sandbox, tmp_path)
    chance = random.Random(seed)
    fleet = workers(sandbox)
    times = noting(sandbox)
    killed = chance.sample(WORKERS, 2)
    moments = sorted(chance.uniform(1, 0.9 * asked.total()) for _ in killed)
    kills = []
    for name in WORKERS:
        fleet.start(name, projects="DEMO,TOOLS")
    for name, moment in zip(killed, moments, strict=True):
        until(lambda moment=moment: len(times) >= moment, f"{moment:.0f} requests were made")
        fleet.kill(name)
        kills.append(time.monotonic())
    fleet.finish()
    assert_same(fleet.output, alone)
    for path in {path for _, path, _ in times}:
        came = [at for at, each, _ in times if each == path]
        extra = len(came) / asked.get(path, 1)
        between = [at for at in came if kills[0] < at <= kills[1]]
        assert extra <= 2 or (extra <= 3 and came[0] <= kills[0] and between and came[-1] > kills[1]), (
            path,
            came,
            kills,
        )
