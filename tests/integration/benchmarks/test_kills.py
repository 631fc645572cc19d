"""Kills hit whom they are meant to hit, and a crawl that does not get over one is told."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from benchmarks.kills import CRAWL, WORKER, killed, started, undisturbed
from benchmarks.processes import adopting

# Starts a process that starts one that waits, and ends with a status when that one does, or when it is told to.
REFINES = """
import os, signal, sys
status, ends = map(int, sys.argv[1:])
middle, theirs = os.pipe()
if not os.fork():
    os.close(middle)
    worker = os.fork()
    if not worker:
        reading, writing = os.pipe()
        if ends:
            os._exit(0)
        os.read(reading, 1)
    os.close(theirs)
    os.waitpid(worker, 0)
    os._exit(0)
os.close(theirs)
os.read(middle, 1)
sys.exit(status)
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who descends from whom")
CHANCE = random.Random(1)


def refining(status: int = 0, ends: int = 0) -> list[str]:
    return [sys.executable, "-c", REFINES, str(status), str(ends)]


def test_a_worker_is_killed_and_the_crawl_goes_on(tmp_path: Path) -> None:
    with adopting():
        assert killed(refining(), 0, WORKER, CHANCE, tmp_path) == (True, True)


def test_a_crawl_that_fails_when_a_worker_is_killed_is_told(tmp_path: Path) -> None:
    with adopting(), pytest.raises(RuntimeError, match="ended with status 5, unkilled"):
        killed(refining(status=5), 0, WORKER, CHANCE, tmp_path)


def test_a_crawl_that_was_faster_was_not_killed(tmp_path: Path) -> None:
    with adopting():
        assert killed([sys.executable, "-c", ""], 60, CRAWL, CHANCE, tmp_path) == (False, True)
        assert killed([sys.executable, "-c", ""], 60, WORKER, CHANCE, tmp_path) == (False, True)
        with pytest.raises(RuntimeError, match="No process that refines"):
            undisturbed([sys.executable, "-c", ""], tmp_path)


def test_a_crawl_is_killed(tmp_path: Path) -> None:
    with adopting():
        pauses = [sys.executable, "-c", "import signal; signal.pause()"]
        assert killed(pauses, 0, CRAWL, CHANCE, tmp_path) == (True, False)


def test_a_crawl_that_leaves_somebody_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.processes.PATIENCE", 0.0)
    leaves = [sys.executable, "-c", "import os, signal; os.fork() or signal.pause()"]
    with adopting(), pytest.raises(RuntimeError, match="still runs"), started(leaves, tmp_path):
        pass
