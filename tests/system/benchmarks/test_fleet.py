"""The benchmark of a fleet measures what it says: the middle of a walk, whose CPU was used, and what a lease costs."""

from __future__ import annotations

from benchmarks.fleet import crawl
from benchmarks.fleet_costs import DISK, MEMORY, REDIS, SHARED, STEPS, costs
from benchmarks.fleet_figures import ALONE, Plan
from benchmarks.fleet_servers import servers


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
        assert min(places[name] for name in (MEMORY, DISK, SHARED, REDIS)) > 0
