"""Killed from outside, at moments that nobody chose: nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from tests.conftest import ROOT
from tests.rounds import rounds
from tests.servers.holding import holding
from tests.system.durability.trial import Nursery, Trial, assert_same, feeds

CHANCE = random.Random(20261122)
# One or two kills, each at a fraction of what an undisturbed crawl takes.
MOMENTS = [[round(CHANCE.uniform(0.02, 1.0), 3) for _ in range(1 + number % 2)] for number in range(rounds(4, 16))]

COARSE = {"SLICE_ISSUES": "60"}  # finding the slices is not what takes the time


@pytest.fixture(scope="module")
def scene(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path, float]]:
    """A tracker that takes its time, what an undisturbed crawl makes of it, and how long that takes."""
    home = tmp_path_factory.mktemp("scene")
    with running(issues=60, page_cap=6, seed=5, latency=0.06) as sandbox:
        calm = Trial(nursery, sandbox, home, settings=COARSE)
        began = time.monotonic()
        assert calm.run().status == 0
        # A little less: the first crawl of a sandbox is the slowest.
        yield sandbox, calm.output, (time.monotonic() - began) * 0.85


@pytest.mark.parametrize("moments", MOMENTS, ids=str)
def test_killed_at_random(
    nursery: Nursery, tmp_path: Path, scene: tuple[Sandbox, Path, float], moments: list[float]
) -> None:
    sandbox, calm, seconds = scene
    subject = Trial(nursery, sandbox, tmp_path, MOMENTS.index(moments) % 4 < 2, COARSE)
    killed = [end(subject, signal.SIGKILL, moment * seconds) for moment in moments]
    assert killed[0] in (-signal.SIGKILL, 0)  # the machine may be faster this time
    assert_same(subject.run(), calm, sandbox)


def test_in_the_middle_of_a_crawl(nursery: Nursery, tmp_path: Path, scene: tuple[Sandbox, Path, float]) -> None:
    """A part of it is in the feeds by then, and not the whole."""
    sandbox, calm, _ = scene
    subject = Trial(nursery, sandbox, tmp_path, settings=COARSE)
    with holding(sandbox, 15) as held:
        pid = subject.start()
        held.wait()
        while not any(path.stat().st_size for path in subject.output.glob("*.jsonl")):
            assert nursery.ended(pid, 0) is None, subject.log
            time.sleep(0.005)
        nursery.signal(pid, signal.SIGKILL)
        assert nursery.wait(pid) == -signal.SIGKILL
    there = sum(path.stat().st_size for path in subject.output.glob("*.jsonl"))
    assert 0 < there < sum(path.stat().st_size for path in calm.glob("*.jsonl"))
    assert_same(subject.run(), calm, sandbox)


def test_the_command_that_a_person_gives(nursery: Nursery, tmp_path: Path, scene: tuple[Sandbox, Path, float]) -> None:
    """The same with the command itself, which is not forked from anything."""
    sandbox, calm, _ = scene
    subject = Trial(nursery, sandbox, tmp_path, True, COARSE)
    command = [sys.executable, "-W", "error", "-m", "scrapy", *subject.arguments()]
    with (tmp_path / "killed").open("wb") as log, holding(sandbox, 12) as held:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        held.wait()
        process.kill()
        assert process.wait() == -signal.SIGKILL
    assert_same(subject.run(), calm, sandbox)


def test_an_issue_whose_list_is_being_completed_is_not_passed_over(nursery: Nursery, tmp_path: Path) -> None:
    """The walk goes on while an issue waits for the rest of its worklogs: that issue is not certain yet.

    On Server the count would tell, and every id would be listed; on Cloud, which only estimates, nothing would.
    """
    # One at a time and committed by count alone, so that both runs note their progress equally often.
    settings = {"COMMIT_ISSUES": "1", "COMMIT_SECONDS": "3600", "SLICE_ISSUES": "40", "CONCURRENT_REQUESTS": "1"}
    with running(issues=120, page_cap=18, seed=3, dialect="cloud") as sandbox:
        calm = Trial(nursery, sandbox, tmp_path / "calm", False, settings, "DEMO")
        counts = calm.home / "counts"
        held_back = {"LAST": '"worklog"', "COUNTS": str(counts)}
        assert nursery.wait(calm.start("count", env=held_back)) == 0
        assert any("/worklog" in path for path in calm.requests())
        # The last time but one that progress is noted; at the last the project is finished.
        number = json.loads(counts.read_bytes())["progress after"] - 1
        subject = Trial(nursery, sandbox, tmp_path / "subject", False, settings, "DEMO")
        status = nursery.wait(subject.start("progress after", number, held_back))
        assert status == -signal.SIGKILL, subject.log
        done = subject.run()
    assert (done.status, feeds(done.folder)) == (0, feeds(calm.output))
    assert done.report["verified"] == {}


def end(subject: Trial, number: signal.Signals, seconds: float) -> int:
    """Starts the command and sends it a signal after a while; gives its exit status."""
    pid = subject.start()
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.kill(pid, number)
    return subject.nursery.wait(pid)
