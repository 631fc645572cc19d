"""The benchmark of a fleet measures what it says: the middle of a walk, whose CPU was used, and what a lease costs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fleet import crawl, started, watched
from benchmarks.fleet_costs import DISK, MEMORY, REDIS, SHARED, STEPS, costs
from benchmarks.fleet_cpu import MACHINE, Samples
from benchmarks.fleet_figures import ALONE, Figures, Plan, Run, steady, verdicts
from benchmarks.fleet_servers import servers

SPIN = "import sys, time\nwhile time.process_time() < 0.3: pass\nprint(flush=True); sys.stdin.read()"


def of_rate(workers: int, rate: float) -> Run:
    return Run(workers, rate, 1.0, 2.0, 10, {"worker": 0.3})


def test_the_steady_part_leaves_out_how_a_walk_begins_and_ends():
    slow_start, middle, slow_end = range(0, 10_000, 1_000), range(10_000, 10_800, 10), range(20_000, 29_000, 1_000)
    begin, end, rate = steady([*slow_end, *middle, *slow_start, 29_000])
    assert (begin, end) == (10.0, 20.0)
    assert steady(range(0, 1_000, 10))[2] == pytest.approx(100)
    assert rate == pytest.approx(8)
    with pytest.raises(RuntimeError, match="at once"):
        steady([5] * 100)


@pytest.mark.parametrize(("four", "said"), [(100.0, "Met: 0.83"), (90.0, "Missed: 0.75")])
def test_efficiency_compares_rates_of_the_same_round(four, said):
    """A busy moment that falls on a whole round changes nothing."""
    runs = {1: [of_rate(1, 30), of_rate(1, 3), of_rate(1, 30)]}
    runs[4] = [of_rate(4, rate) for rate in (four, four / 10, four)]
    figures = Figures(Plan(), {ALONE: [of_rate(ALONE, 40), of_rate(ALONE, 4), of_rate(ALONE, 40)]} | runs)
    aim, alone = verdicts(figures)
    assert said in aim
    assert "× 0.75 of a crawl without Redis" in alone


def test_shares_are_read_off_between_the_looks():
    samples = Samples({"one": 1})
    samples.times, samples.spent = [10.0, 12.0, 14.0], {"one": [1.0, 2.0, 2.0], MACHINE: [5.0, 9.0, 13.0]}
    assert samples.share("one", 11.0, 13.0) == pytest.approx(0.25)
    assert samples.share(MACHINE, 10.0, 14.0) == pytest.approx(2.0)
    assert samples.share("one", 13.0, 13.0) is None
    assert Samples({"one": 1}).share("one", 1.0, 2.0) is None


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="CPUs are looked at where there is /proc")
def test_what_a_process_and_its_children_used_is_seen_and_kept():
    with subprocess.Popen([sys.executable, "-c", SPIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        samples = Samples({"child": child.pid, "parent": os.getpid()})
        samples.take()
        child.stdin.close()
        child.wait()
        samples.take()
    first, last = samples.spent["child"]
    assert 0.25 <= first <= last
    assert samples.spent["parent"][0] >= first
    assert samples.spent[MACHINE][0] > 0


def test_a_worker_that_fails_is_told_and_nobody_is_left(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    with (
        pytest.raises(RuntimeError, match="ended with 1:\nout of order"),
        started([sys.executable, "-c", "import time; time.sleep(60)"], other, 1) as sleeping,
        started([sys.executable, "-c", "import sys; sys.exit('out of order')"], tmp_path, 1) as failing,
    ):
        watched({"0": sleeping["1"], **failing}, {}, tmp_path)
    assert sleeping["1"].poll() < 0


def test_crawls_and_costs_are_measured_with_real_servers(tmp_path):
    plan = Plan(issues=40, page=5, slice=10, latency=0.01)
    with servers(tmp_path, plan.issues, plan.seed, plan.latency) as running:
        runs = [crawl(plan, running, tmp_path, workers, ()) for workers in (ALONE, 2)]
        found = costs(running, tmp_path, 20)
    for run in runs:
        assert run.rate > 0
        assert run.wall > run.steady > 0
        assert run.requests >= plan.issues / plan.page
    assert set(found) == set(STEPS)
    for places in found.values():
        assert min(places[name] for name in (MEMORY, DISK, REDIS)) > 0
        assert places[SHARED] > places[REDIS]
