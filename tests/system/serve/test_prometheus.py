"""A real Prometheus scrapes a crawl of the sandbox, with our rules, and finds all that dashboard and alerts ask for."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from aiohttp import web
from scrapy.utils.test import get_crawler

from fake_jira import running
from jira_crawler.extensions.exposition import metrics_handler
from jira_crawler.extensions.stats import Stats
from jira_crawler.serve.metrics import METRICS
from tests.servers import prometheus as server
from tests.servers.holding import holding
from tests.system.serve.test_metrics import crawling, opener
from tests.unit.serve.test_metrics import ROOT, RULES, an_example, expressions

DEPLOY = ROOT / "deploy" / "prometheus"
# What a crawl has only at its end, or in trouble, or with tables; it is fed, as all of a live crawl is.
FED = {"jira_proof_gap", "jira_request_errors_total"}


def test_rules_and_configurations_are_right(prometheus):
    assert prometheus.check("check", "rules", str(DEPLOY / "alerts.yml")) == ""
    for config in ("prometheus.yml", "one-machine.yml"):
        assert prometheus.check("check", "config", str(DEPLOY / config)) == ""


def test_every_alert_fires_in_its_case(prometheus):
    assert prometheus.check("test", "rules", str(DEPLOY / "alerts.test.yml")) == ""


def test_a_broken_rule_would_be_found(prometheus, tmp_path):
    text = (DEPLOY / "alerts.yml").read_text("utf-8")
    (tmp_path / "alerts.yml").write_text(text.replace("jira_findings > 0", "jira_findings > 2"))
    (tmp_path / "alerts.test.yml").write_text((DEPLOY / "alerts.test.yml").read_text("utf-8"))
    assert "JiraIncomplete" in prometheus.check("test", "rules", str(tmp_path / "alerts.test.yml"))


@contextmanager
def fed() -> Iterator[str]:
    """A process of its own, as far as a Prometheus can see, in which everything is that a live crawl counts."""
    stats, readings = Stats(get_crawler()), {}

    def moving() -> dict[str, float]:
        """Every time that somebody asks, there is something new."""
        for metric in METRICS:
            if metric.is_live or metric.name in FED:
                key = an_example(metric).replace("a-result.of:1", "failed")
                if metric.kind == "histogram":
                    stats.observe(key, 0.3)
                elif metric.kind == "counter":
                    stats.inc_value(key, 1)
                elif metric.name.endswith("timestamp_seconds"):
                    stats.set_value(key, time.time())
                else:
                    stats.set_value(key, 1)
        return readings

    loop, ready, addresses = asyncio.new_event_loop(), threading.Event(), []

    async def serve() -> web.AppRunner:
        application = web.Application()
        application.router.add_get("/metrics", metrics_handler(stats, moving))
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        addresses.append("{}:{}".format(*runner.addresses[0]))
        return runner

    def run() -> None:
        runner = loop.run_until_complete(serve())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(600)
        yield addresses[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def configured(folder: Path, *targets: str) -> Path:
    """Our configuration for one machine, but quick, and with these targets."""
    config = yaml.safe_load((DEPLOY / "one-machine.yml").read_text("utf-8"))
    config["global"] = {"scrape_interval": "300ms", "scrape_timeout": "300ms", "evaluation_interval": "1s"}
    config["rule_files"] = [str(DEPLOY / name) for name in config["rule_files"]]
    config["scrape_configs"][0]["static_configs"][0]["targets"] = [*targets]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config))
    return path


def left_hand(expression: str) -> str:
    """What an alert compares, as far as it must be there; that it compares rightly is for promtool to say."""
    for sign in (" > ", " < ", " == ", " != "):
        expression = expression.partition(sign)[0] if " or " not in expression else expression
    return expression


def test_every_expression_of_dashboard_and_alerts_returns_a_series(prometheus, nursery, tmp_path):
    wanted = {left_hand(each) for each in expressions()}
    assert len(wanted) > 50
    with (
        running(issues=400, projects=["DEMO"], page_cap=4, faults=["error500=0.2"]) as sandbox,
        fed() as live,
        holding(sandbox, 90),
    ):
        slow = {"DOWNLOAD_DELAY": "0.05", "DAILY_BUDGET": "1000", "RETRY_TIMES": "20", "MIN_QUALITY": "0.5"}
        with crawling(nursery, sandbox.url, tmp_path, **slow) as (pid, address):
            target = address.removeprefix("http://").removesuffix("/metrics")
            with server.running(prometheus, configured(tmp_path, target, live)) as asked:
                while wanted and nursery.ended(pid, 0) is None:
                    time.sleep(0.3)
                    wanted = {each for each in wanted if not asked.query(each)}
                assert not wanted
                assert asked.alerts() == [rule["alert"] for rule in RULES]
                while {each["value"][1] for each in asked.query("up")} != {"1"}:  # a busy one may miss its turn
                    assert nursery.ended(pid, 0) is None
                    time.sleep(0.05)
            shown = opener.open(address, timeout=600).read().decode()
            nursery.signal(pid, signal.SIGTERM)
            assert nursery.wait(pid) == 1
        fully = opener.open(f"http://{live}/metrics", timeout=600).read().decode()
    for text in (shown, fully):
        assert prometheus.check("check", "metrics", text=text) == ""


def test_promtool_finds_what_is_no_metric(prometheus):
    assert prometheus.check("check", "metrics", text="jira_x{ 1\n")


def test_who_has_no_prometheus_is_told_why(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    found = server.find(tmp_path)
    assert (found.server, found.why) == ("", "there is no apt-get")


@pytest.fixture(autouse=True, scope="module")
def _named() -> None:
    """What is fed is in the table, so that a metric which is renamed is not left out by mistake."""
    assert {metric.name for metric in METRICS} >= FED
