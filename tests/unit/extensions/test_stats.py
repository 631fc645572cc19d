"""The stats count as Scrapy's do, and histograms as those of prometheus-client."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client import Histogram as Theirs
from scrapy.statscollectors import MemoryStatsCollector, StatsCollector
from scrapy.utils.misc import load_object
from scrapy.utils.test import get_crawler

from jira_crawler import settings
from jira_crawler.extensions.stats import Histogram, Stats, observe
from jira_crawler.serve.metrics import QUICK

CRAWLER = get_crawler()  # which neither of them changes


def test_it_is_what_a_crawl_counts_with():
    assert load_object(settings.STATS_CLASS) is Stats


@given(st.lists(st.tuples(st.sampled_from(["inc", "set", "max", "min"]), st.sampled_from("abc"), st.integers(-9, 9))))
def test_it_counts_as_scrapys_own(done):
    ours, theirs = Stats(CRAWLER), MemoryStatsCollector(CRAWLER)
    for name, key, value in done:
        for stats in (ours, theirs):
            getattr(stats, f"{name}_value")(key, value)
    assert ours.get_stats() == theirs.get_stats()
    assert [ours.get_value(key, 5) for key in "abc"] == [theirs.get_value(key, 5) for key in "abc"]


@given(st.lists(st.floats(0, 10) | st.sampled_from(QUICK)))
def test_a_histogram_is_as_theirs(values):
    ours, theirs = Histogram(QUICK), Theirs("x", "X.", buckets=QUICK, registry=CollectorRegistry())
    for value in values:
        ours.observe(value)
        theirs.observe(value)
    samples = next(iter(theirs.collect())).samples
    buckets = [(float(each.labels["le"]), each.value) for each in samples if each.name == "x_bucket"]
    assert [(float(bound), n) for bound, n in ours.buckets()] == buckets
    assert ours.sum == next(each.value for each in samples if each.name == "x_sum")


def test_what_no_row_of_the_table_has_is_a_fault_of_ours():
    for key in ("live/no_such_thing", "pace/sent"):
        with pytest.raises(ValueError, match=f"no histogram has the key '{key}'"):
            observe(Stats(get_crawler()), key, 1.0)


def test_each_value_of_a_label_has_its_own():
    stats = Stats(get_crawler())
    for stage, seconds in (("fetched", 0.3), ("tables", 1.5), ("tables", 1.6)):
        observe(stats, f"live/stage_seconds/{stage}", seconds)
    assert {key: each.sum for key, each in stats.histograms.items()} == {
        "live/stage_seconds/fetched": 0.3,
        "live/stage_seconds/tables": 3.1,
    }


def test_stats_of_somebody_else_take_no_histograms():
    stats = StatsCollector(get_crawler())
    observe(stats, "live/stage_seconds/fetched", 1.0)
    assert stats.get_stats() == {}
