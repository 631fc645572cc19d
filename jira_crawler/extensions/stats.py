"""The stats of a crawl: Scrapy's, and beside what is counted how long things took."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

from scrapy.statscollectors import MemoryStatsCollector, StatsCollector

from jira_crawler.serve.metrics import Table

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Histogram:
    """How many values were at most as large as each bound, and their sum."""

    def __init__(self, bounds: tuple[float, ...]):
        self.bounds, self.sum = bounds, 0.0
        self._counts = [0] * (len(bounds) + 1)

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def buckets(self) -> list[tuple[str, float]]:
        """Gives each bound with the number of values up to it, as Prometheus has them: the last one is +Inf."""
        names = [*(f"{bound:g}" for bound in self.bounds), "+Inf"]
        return list(zip(names, map(float, accumulate(self._counts)), strict=True))


class Stats(MemoryStatsCollector):
    """Set as STATS_CLASS. What is counted here is what the report, the progress line and Prometheus tell."""

    # Scrapy's own looks every name up three times, in Python, to warn of an argument that nobody passes any more:
    # two thirds of what counting costs.
    __getattribute__ = object.__getattribute__

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.histograms: dict[str, Histogram] = {}
        self._table = Table()

    def observe(self, key: str, value: float) -> None:
        """Takes a value into the histogram of that key; raises ValueError where no row of the table has it."""
        if key not in self.histograms:
            found = self._table.find(key)
            if found is None or found[0].kind != "histogram":
                raise ValueError(f"no histogram has the key {key!r}")
            self.histograms[key] = Histogram(found[0].buckets)
        self.histograms[key].observe(value)


def observe(stats: StatsCollector, key: str, value: float) -> None:
    """Takes a value into a histogram, unless somebody's own STATS_CLASS has none."""
    if isinstance(stats, Stats):
        stats.observe(key, value)
