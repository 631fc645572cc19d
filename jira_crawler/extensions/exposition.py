"""What a crawl has counted becomes an answer to Prometheus. Whoever imports this needs prometheus-client."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector
from scrapy.statscollectors import StatsCollector

from jira_crawler.extensions.stats import Histogram, Stats
from jira_crawler.serve.metrics import Table

Readings = Callable[[], Mapping[str, float]]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NOTHING: Mapping[str, Histogram] = {}


class StatsMetrics(Collector):
    """Reads the stats, and what the crawl can tell beside them, whenever it is asked; it counts nothing itself."""

    def __init__(self, stats: StatsCollector, readings: Readings = dict):
        self.stats, self.readings, self.table = stats, readings, Table()

    def collect(self) -> Iterator[Family]:
        now = time.time()
        for metric, series in self.table.values({**self.stats.get_stats(), **self.readings()}, now).items():
            kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
            family = kind(metric.name, metric.help, labels=metric.labels)
            for labels, value in series.items():
                family.add_metric(labels, value)
            if series:
                yield family
        yield from self._histograms(self.stats.histograms if isinstance(self.stats, Stats) else NOTHING)

    def _histograms(self, histograms: Mapping[str, Histogram]) -> Iterator[Family]:
        families: dict[str, HistogramMetricFamily] = {}
        for key, histogram in histograms.items():
            if found := self.table.find(key):
                metric, labels = found
                family = families.setdefault(
                    metric.name, HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
                )
                family.add_metric(labels, histogram.buckets(), histogram.sum)
        yield from families.values()


def registry(stats: StatsCollector, readings: Readings = dict) -> CollectorRegistry:
    """Puts the metrics of a crawl beside those of its process: memory, CPU time, open files."""
    made = CollectorRegistry(auto_describe=False)
    made.register(StatsMetrics(stats, readings))
    ProcessCollector(registry=made)
    return made


def metrics_handler(
    stats: StatsCollector, readings: Readings = dict
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Makes what answers GET /metrics in an application of aiohttp, in text that every Prometheus reads."""
    metrics = registry(stats, readings)

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=generate_latest(metrics), headers={"Content-Type": CONTENT_TYPE})

    return answer
