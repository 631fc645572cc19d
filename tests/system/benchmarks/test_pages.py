"""The benchmark of issue pages measures what it says: whose memory, over which pages, and how many were open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import pages_memory
from benchmarks.pages import crawl, sandbox
from benchmarks.pages_figures import BROWSER, PLAIN, Plan
from benchmarks.pages_memory import CHROMIUM, CRAWL, DRIVER, FAMILIES, PSS, RSS, Memory, family_of

# A process holds memory and starts another that holds more, until there are three.
NESTED = """
import subprocess, sys
depth = int(sys.argv[1]); held = bytearray(b"x" * (20_000_000 * (3 - depth)))
child = subprocess.Popen([sys.executable, "-c", sys.argv[2], str(depth - 1), sys.argv[2]], stdin=0) if depth else None
if not depth: print(flush=True)
sys.stdin.read()
"""
needs_proc = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is read from /proc")


@needs_proc
def test_each_generation_is_a_family_and_its_memory_is_seen(monkeypatch):
    command = [sys.executable, "-c", NESTED, "3", NESTED]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        memory = Memory(process.pid)
        memory.take()
        families = [family for _, family in family_of(process.pid)]
        by_pss = [memory.peak(family) for family in FAMILIES]
        real = pages_memory._held

        def refused(pid: int, kind: str) -> float:
            if kind == PSS:
                raise PermissionError
            return real(pid, kind)

        monkeypatch.setattr(pages_memory, "_held", refused)
        memory.take()
        assert (memory.kind, memory.times) == (RSS, [])
        memory.take()
        process.stdin.close()
    assert families == [CRAWL, DRIVER, CHROMIUM, CHROMIUM]
    assert by_pss[1] - by_pss[0] == pytest.approx(20, abs=5)
    assert by_pss[2] > 100
    assert memory.peak(CHROMIUM) > by_pss[2]
    memory.take()
    assert len(memory.times) == 1


@pytest.mark.parametrize("way", [PLAIN, BROWSER])
def test_pages_are_measured_both_ways(request, tmp_path, way):
    if way == BROWSER:
        request.getfixturevalue("chromium")
    plan = Plan(issues=10, long=0)
    with sandbox(plan, plan.issues, way) as site:
        run = crawl(site, way, 2, plan.issues, tmp_path, ("BROWSER_SECONDS=2",))
    assert run.rate > 0
    assert run.requests > plan.issues
    assert run.really == (2 if way == BROWSER else 0)
    assert run.counts.get("page_count/closed", 0) == (plan.issues if way == BROWSER else 0)
    assert run.peaks[CRAWL] is None or run.peaks[CRAWL] > 50
    assert run.peaks[CHROMIUM] is None or (run.peaks[CHROMIUM] > 50) == (way == BROWSER)
