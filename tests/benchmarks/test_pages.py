"""The benchmark of issue pages measures what it says: whose memory, over which pages, and how many were open."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import pages_memory
from benchmarks.pages import counted, crawl, sandbox, watched
from benchmarks.pages_figures import BROWSER, PLAIN, SPAN, WARM, Figures, Plan, Run, grown, verdicts
from benchmarks.pages_memory import CHROMIUM, CRAWL, DRIVER, FAMILIES, PSS, RSS, Memory, family_of
from jira_crawler.middlewares.browser import INSTALLED

# A process holds memory and starts another that holds more, until there are three.
NESTED = """
import subprocess, sys
depth = int(sys.argv[1]); held = bytearray(b"x" * (20_000_000 * (3 - depth)))
child = subprocess.Popen([sys.executable, "-c", sys.argv[2], str(depth - 1), sys.argv[2]], stdin=0) if depth else None
if not depth: print(flush=True)
sys.stdin.read()
"""
needs_proc = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is read from /proc")
needs_chromium = pytest.mark.skipif(not any(map(shutil.which, INSTALLED)), reason="NO BROWSER: install chromium")


def of(way: str, rate: float, at_once: int = 4, **rest) -> Run:
    counts = {"page_count": 550, "page_count/closed": 550, "page_count/max_concurrent": at_once}
    counts |= {"context_count": 11, "context_count/max_concurrent": 2}
    usual = {"requests": 1, "cores": None, "kind": PSS, "peaks": {}, "grown": {}, "counts": counts}
    return Run(way, at_once, rate, **(usual | rest))


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


def test_growth_compares_the_first_pages_after_warm_up_with_the_last():
    memory, number = Memory(0), WARM + 2 * SPAN
    memory.times = [float(second) for second in range(number + 100)]
    memory.used[CRAWL] = [10.0] * WARM + [100.0] * SPAN + [150.0] * SPAN + [999.0] * 100
    memory.used[CHROMIUM] = [200.0] * (number + 100)
    memory.used[DRIVER] = [0.0] * (number + 100)
    fetched = [1000 * second for second in reversed(range(number))]
    assert grown(memory, fetched) == {CRAWL: (100.0, 150.0), CHROMIUM: (200.0, 200.0)}
    assert grown(memory, fetched[1:]) == {}
    assert grown(Memory(0), fetched) == {}


@pytest.mark.parametrize(("last", "said"), [(120.0, "Met: × 1.20"), (130.0, "Missed: × 1.30")])
def test_verdicts_tell_growth_and_a_limit_that_did_not_hold(last, said):
    slow = of(BROWSER, 2.0, counts={"page_count/max_concurrent": 3})
    figures = Figures(Plan(), [of(PLAIN, 8.0), slow, of(BROWSER, 3.0)])
    figures.long = of(BROWSER, 2.0, grown={CRAWL: (100.0, last), CHROMIUM: (100.0, 90.0)})
    limit, contexts, aim = verdicts(figures)
    assert limit.startswith("4 browser pages at once were to be open, and 3 were")
    assert contexts.endswith("of 11 contexts 2 were open at most.")
    assert said in aim
    assert figures.against_plain(slow) == pytest.approx(0.25)


def test_a_crawl_that_fails_or_hangs_is_told(tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match="status 1:\nout of order"):
        watched([sys.executable, "-c", "import sys; sys.exit('out of order')"], tmp_path / "log")
    monkeypatch.setattr("benchmarks.pages.LONGEST", 0.1)
    with pytest.raises(RuntimeError, match="took more than"):
        watched([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log")


@pytest.mark.parametrize("way", [PLAIN, pytest.param(BROWSER, marks=needs_chromium)])
def test_pages_are_measured_both_ways(tmp_path, way):
    plan = Plan(issues=10, long=0)
    with sandbox(plan, plan.issues, way) as site:
        run = crawl(site, way, 2, plan.issues, tmp_path, ("BROWSER_SECONDS=2",))
    assert run.rate > 0
    assert run.requests > plan.issues
    assert run.really == (2 if way == BROWSER else 0)
    assert run.counts.get("page_count/closed", 0) == (plan.issues if way == BROWSER else 0)
    assert run.peaks[CRAWL] is None or run.peaks[CRAWL] > 50
    assert run.peaks[CHROMIUM] is None or (run.peaks[CHROMIUM] > 50) == (way == BROWSER)


def test_counts_are_read_off_the_log():
    log = " 'playwright/page_count': 7,\n 'playwright/page_count/closed': 6,\n 'playwright/request_count': 9,\n"
    assert counted(log) == {"page_count": 7, "page_count/closed": 6}
