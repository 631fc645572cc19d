"""From keys of the stats to what Prometheus reads: each row of the table, and whoever names a metric."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from jira_crawler.extensions.exposition import registry
from jira_crawler.extensions.stats import Stats
from jira_crawler.serve.metrics import LIVE, METRICS, MOST, OTHER, Metric, Table, counter, gauge

ROOT = Path(__file__).parent.parent.parent.parent
NOW = 1_700_000_000.0
DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "dashboards" / "jira_crawler.json").read_text("utf-8"))
RULES = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
OF_PROMETHEUS = {"up"}


def an_example(metric: Metric) -> str:
    """A key that stands for a value of a metric."""
    return re.sub(r"\{(\w+)\}", r"a-\1.of:1", metric.key)


def filled() -> Stats:
    """Stats with a value for each row of the table."""
    stats = Stats(get_crawler())
    for number, metric in enumerate(METRICS):
        if metric.kind == "histogram":
            stats.observe(an_example(metric), 0.3)
        else:
            stats.set_value(an_example(metric), 100 + number)
    return stats


def samples(stats: MemoryStatsCollector, readings: dict[str, float] | None = None) -> dict[str, dict[str, float]]:
    """Reads what is shown as a Prometheus would: by name of the sample, then by the values of its labels."""
    text = generate_latest(registry(stats, lambda: readings or {})).decode()
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[",".join(sample.labels.values())] = sample.value
    return found


def expressions() -> list[str]:
    panels = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
    return panels + [rule["expr"] for rule in RULES]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_key_has_one_metric_and_every_metric_its_value(metric):
    key = an_example(metric)
    assert [each.name for each in METRICS if each.match(key) is not None] == [metric.name]
    assert metric.match(key) == tuple(f"a-{label}.of:1" for label in metric.labels)


def test_everything_in_the_table_is_shown_with_its_type_and_help():
    stats = filled()
    text = generate_latest(registry(stats)).decode()
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    helps = dict(re.findall(r"^# HELP (\S+) (.+)$", text, re.MULTILINE))
    assert {metric.name: metric.kind for metric in METRICS}.items() <= types.items()
    assert {metric.name: metric.help for metric in METRICS}.items() <= helps.items()
    shown = samples(stats)
    for number, metric in enumerate(METRICS):
        labels = ",".join(sorted(metric.match(an_example(metric))))  # as labels are, by name
        if metric.kind == "histogram":
            assert shown[f"{metric.name}_count"][labels] == 1
            assert shown[f"{metric.name}_sum"][labels] == 0.3
        elif metric.read(5.0, NOW) == 5.0:
            assert shown[metric.name] == {labels: 100 + number}


def test_names_are_as_prometheus_wants_them():
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names))
    for metric in METRICS:
        assert re.fullmatch(r"jira_[a-z_]+", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert bool(metric.buckets) == (metric.kind == "histogram")
        assert list(metric.buckets) == sorted(set(metric.buckets))
        assert metric.help.endswith(".")


@pytest.mark.parametrize("expression", expressions())
def test_dashboard_and_alerts_name_what_is_there(expression):
    there = {metric.name for metric in METRICS if metric.kind != "histogram"} | OF_PROMETHEUS
    there |= {f"{metric.name}_{part}" for metric in METRICS if metric.buckets for part in ("bucket", "sum", "count")}
    there |= {name for name in samples(Stats(get_crawler())) if name.startswith("process_")}
    named = set(re.findall(r"\b(?:jira|process)_\w+|\bup\b", re.sub(r'"[^"]*"', "", expression)))
    assert named
    assert named <= there
    labels = {label for metric in METRICS for label in metric.labels} | {"instance", "job", "le"}
    grouped = {each.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for each in group.split(",")}
    chosen = set(re.findall(r"(\w+)(?:=|!=|=~)\"", expression))
    assert grouped | chosen <= labels


def test_every_metric_is_looked_at_or_needs_no_looking_at():
    looked_at = " ".join(expressions())
    rare = {"jira_crawl_info", "jira_leaks_total", "jira_cut_lists", "jira_verified_ids"}
    rare |= {"jira_tables_months_written_total"}
    assert {metric.name for metric in METRICS if not re.search(rf"\b{metric.name}(_bucket)?\b", looked_at)} == rare


def test_the_page_shows_the_table():
    page = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `jira_")]
    assert rows == [row(metric) for metric in METRICS], "\n" + "\n".join(map(row, METRICS))


def row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    return f"| `{metric.name}` | {metric.kind} | {labels} | {metric.help} |"


def test_the_page_explains_every_alert():
    page = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    assert re.findall(r"^\| `(Jira\w+)` \|", page, re.MULTILINE) == [rule["alert"] for rule in RULES]


def test_every_alert_is_tried():
    tried = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.test.yml").read_text("utf-8"))["tests"]
    fired = {case["alertname"] for test in tried for case in test["alert_rule_test"] if case.get("exp_alerts")}
    assert fired == {rule["alert"] for rule in RULES}


# --- reading


def test_what_is_counted_later_is_seen_later():
    stats = Stats(get_crawler())
    shown = registry(stats)
    assert b"jira_retries_total 0.0" in generate_latest(shown)
    stats.inc_value("retry/count", 3)
    assert b"jira_retries_total 3.0" in generate_latest(shown)


def test_asking_changes_nothing_of_what_was_counted():
    stats = filled()
    before = dict(stats.get_stats())
    assert samples(stats, {"findings": 7})["jira_findings"] == {"": 7}
    assert stats.get_stats() == before


def test_what_is_no_number_and_what_nobody_knows_is_left_out():
    stats = Stats(get_crawler())
    for key, value in {"proof/DEMO": {"counted": 1}, "finish_reason": "finished", "retry/max_reached": 3}.items():
        stats.set_value(key, value)
    assert {name for name in samples(stats) if name.startswith("jira_")} == {
        metric.name for metric in METRICS if metric.kind == "counter" and not metric.labels and not metric.is_live
    }


def test_what_only_a_live_crawl_counts_is_shown_by_none_but_one():
    stats = Stats(get_crawler())
    assert "jira_push_missed_total" not in samples(stats)
    stats.set_value("live/dirty", 0)
    assert samples(stats)["jira_push_missed_total"] == {"": 0}
    assert {metric.name for metric in METRICS if metric.is_live} >= {"jira_stage_lag_seconds", "jira_deliveries_total"}
    assert all(metric.key.startswith(LIVE) == metric.is_live for metric in METRICS)


def test_labels_may_hold_anything():
    stats = Stats(get_crawler())
    stats.inc_value('rejected/Score/it says "no"\\\nand / or')
    (labels,) = samples(stats)["jira_rejects_total"]
    assert labels == 'it says "no"\\\nand / or,Score'


def test_a_flood_of_reasons_is_counted_and_not_shown_one_by_one():
    stats = Stats(get_crawler())
    for number in range(MOST + 50):
        stats.inc_value(f"rejected/Mine/{number} words", 2)
    shown = samples(stats)["jira_rejects_total"]
    assert len(shown) == MOST + 1
    assert shown[f"{OTHER},{OTHER}"] == 100
    assert sum(shown.values()) == 2 * (MOST + 50)


def test_moments_become_seconds():
    table = Table()
    keys = {"live/credential_expires_at/JIRA_TOKEN": NOW + 60, "live/oldest_since": NOW - 5, "live/polled_at": NOW}
    found = {metric.name: series for metric, series in table.values(keys, NOW).items() if series}
    assert found["jira_credential_expires_seconds"] == {("JIRA_TOKEN",): 60.0}
    assert found["jira_queue_oldest_seconds"] == {(): 5.0}
    assert found["jira_last_poll_timestamp_seconds"] == {(): NOW}
    nothing_waits = {metric.name: series for metric, series in table.values({"live/oldest_since": 0}, NOW).items()}
    assert nothing_waits["jira_queue_oldest_seconds"] == {(): 0.0}


def test_the_last_label_takes_what_is_left():
    metric = counter("jira_x_total", "x/{a}/{b}", "X.")
    assert metric.match("x/1/2/3") == ("1", "2/3")
    assert metric.match("x/1") is None
    assert gauge("jira_y", "y.z", "Y.").match("y-z") is None


def test_stats_of_somebody_else_are_shown_without_histograms():
    stats = MemoryStatsCollector(get_crawler())
    stats.inc_value("pace/sent", 4)
    assert samples(stats)["jira_requests_sent_total"] == {"": 4}


def test_the_answer_is_text_that_every_prometheus_reads():
    import asyncio

    from jira_crawler.extensions.exposition import metrics_handler

    answer = asyncio.run(metrics_handler(filled())(SimpleNamespace()))
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert list(text_string_to_metric_families(answer.body.decode()))
