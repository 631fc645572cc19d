"""The benchmark of a fleet measures what it says: the middle of a walk, whose CPU was used, and what a lease costs."""

from __future__ import annotations

import pytest

from benchmarks.fleet_cpu import MACHINE, Samples
from benchmarks.fleet_figures import ALONE, Figures, Plan, Run, steady, verdicts


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
