"""A crawl that refines in processes, of which some are killed, or all: nothing is lost, doubled or left behind."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from tests.rounds import rounds
from tests.servers.holding import holding
from tests.system.durability.trial import Nursery, Trial, assert_same, feeds

CHANCE = random.Random(20261130)
# After so many requests a process is killed: the crawl itself, or one of those that refine.
KILLS = [(CHANCE.randrange(3, 20), whom) for whom in ("worker", "crawl") * rounds(2, 10)]
POOL = {"SLICE_ISSUES": "60", "REFINE_PROCESSES": "2"}
PATIENCE = 600.0


@pytest.fixture(scope="module")
def scene(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path]]:
    """A tracker, and what a crawl makes of it that refines by itself."""
    home = tmp_path_factory.mktemp("scene")
    with running(issues=60, page_cap=6, seed=5, latency=0.03) as sandbox:
        calm = Trial(nursery, sandbox, home, settings=POOL | {"REFINE_PROCESSES": "1"})
        assert calm.run().status == 0
        yield sandbox, calm.output


def test_as_many_as_there_are_it_is_the_same(nursery: Nursery, tmp_path: Path, scene: tuple[Sandbox, Path]) -> None:
    """Byte for byte and in the same order, where the answers come in the same order."""
    sandbox, calm = scene
    one_by_one = {"CONCURRENT_REQUESTS": "1"}
    made = []
    for number in ("1", "3"):
        subject = Trial(nursery, sandbox, tmp_path / number, settings=POOL | one_by_one | {"REFINE_PROCESSES": number})
        assert_same(subject.run(), calm, sandbox)
        made.append({path.name: path.read_bytes() for path in sorted(subject.output.glob("*.jsonl"))})
    assert made[0] == made[1]


@pytest.mark.parametrize(("requests", "whom"), KILLS)
def test_killed(nursery: Nursery, tmp_path: Path, scene: tuple[Sandbox, Path], requests: int, whom: str) -> None:
    sandbox, calm = scene
    subject = Trial(nursery, sandbox, tmp_path, requests % 2 == 0, POOL)
    with holding(sandbox, requests) as held:
        pid = subject.start()
        held.wait()
        family = descendants(pid)
        if whom == "crawl":
            nursery.signal(pid, signal.SIGKILL)
            nursery.wait(pid)
        elif family:  # the one that was started last: those before it start the others
            with suppress(ProcessLookupError):
                os.kill(family[-1], signal.SIGKILL)
    if whom == "crawl":
        assert_gone(family)
        assert_same(subject.run(), calm, sandbox)
        return
    assert nursery.wait(pid) == 0, subject.log
    assert feeds(subject.output) == feeds(calm)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_is_told_to_stop_leaves_nobody_behind(
    nursery: Nursery, tmp_path: Path, scene: tuple[Sandbox, Path], number: signal.Signals
) -> None:
    sandbox, calm = scene
    subject = Trial(nursery, sandbox, tmp_path, True, POOL)
    with holding(sandbox, 12) as held:
        pid = subject.start()
        held.wait()
        while not (family := descendants(pid)):
            assert nursery.ended(pid, 0) is None, subject.log
            time.sleep(0.005)
        nursery.signal(pid, number)
        assert nursery.wait(pid) == 1
    assert_gone(family)
    assert_same(subject.run(), calm, sandbox)


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and that those have, as they began."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found: list[int] = []
    waiting = [pid]
    while waiting:
        one = waiting.pop(0)
        children = sorted(child for child, parent in parents.items() if parent == one)
        found += children
        waiting += children
    return found


def assert_gone(family: list[int]) -> None:
    """Whoever was started ends by itself, however long the machine takes for it."""
    patience = time.monotonic() + PATIENCE
    while living := [pid for pid in family if Path(f"/proc/{pid}").exists() and not is_zombie(pid)]:
        assert time.monotonic() < patience, living
        time.sleep(0.05)


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
