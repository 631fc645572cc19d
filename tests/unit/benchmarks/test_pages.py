"""The benchmark of issue pages measures what it says: whose memory, over which pages, and how many were open."""

from __future__ import annotations

import pytest

from benchmarks.pages import counted
from benchmarks.pages_figures import BROWSER, PLAIN, SPAN, WARM, Figures, Plan, Run, grown, verdicts
from benchmarks.pages_memory import CHROMIUM, CRAWL, DRIVER, PSS, Memory


def of(way: str, rate: float, at_once: int = 4, **rest) -> Run:
    counts = {"page_count": 550, "page_count/closed": 550, "page_count/max_concurrent": at_once}
    counts |= {"context_count": 11, "context_count/max_concurrent": 2}
    usual = {"requests": 1, "cores": None, "kind": PSS, "peaks": {}, "grown": {}, "counts": counts}
    return Run(way, at_once, rate, **(usual | rest))


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


def test_counts_are_read_off_the_log():
    log = " 'playwright/page_count': 7,\n 'playwright/page_count/closed': 6,\n 'playwright/request_count': 9,\n"
    assert counted(log) == {"page_count": 7, "page_count/closed": 6}
