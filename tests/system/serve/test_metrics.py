"""A crawl with METRICS_PORT, as a Prometheus meets it, and one without."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest
from prometheus_client.parser import text_string_to_metric_families

from fake_jira import running
from tests.conftest import QUICK
from tests.servers import ports
from tests.servers.holding import holding
from tests.servers.nursery import ROOT, Nursery, clean

opener = build_opener(ProxyHandler({}))


@contextmanager
def crawling(nursery: Nursery, url: str, folder: Path, **chosen: object) -> Iterator[tuple[int, str]]:
    """A crawl that is still there when it is looked at, as its tracker holds still; gives its process and metrics."""
    port = ports.free()
    named = QUICK | {"OUTPUT_DIR": folder / "output", "STATE_DIR": folder / "state", "METRICS_PORT": port} | chosen
    arguments = [part for name, value in named.items() for part in ("-s", f"{name}={value}")]
    arguments += ["-a", f"site={url}", "-a", "projects=DEMO"]
    pid = nursery.start(["crawl", "jira", *arguments], folder / "log")
    yield pid, f"http://127.0.0.1:{port}/metrics"


def until(what: Callable[[], dict], holds: Callable[[dict], bool], nursery: Nursery, pid: int) -> dict:
    """Looks again and again, as long as the crawl lives."""
    while nursery.ended(pid, 0) is None:
        with suppress(URLError, ConnectionError, KeyError):  # nothing of it has been counted yet
            if holds(found := what()):
                return found
        time.sleep(0.05)
    raise AssertionError("the crawl has ended")


def metrics(address: str) -> dict[str, dict[str, float]]:
    text = opener.open(address, timeout=600).read().decode()
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[",".join(sample.labels.values())] = sample.value
    return found


def test_a_crawl_tells_what_its_report_says(nursery, tmp_path):
    """A page is what it waits for: all but that is counted by then, and a stop leaves it at that."""
    with running(issues=40, projects=["DEMO"], page_cap=8) as sandbox, holding(sandbox, 7):
        counting = {"DAILY_BUDGET": "1000", "COMMIT_SECONDS": "0.05"}
        with crawling(nursery, sandbox.url, tmp_path, **counting) as (pid, address):

            def all_is_counted(each: dict) -> bool:
                return each["jira_commits_total"][""] > 1 and each["jira_requests_sent_total"][""] == 7

            found = until(lambda: metrics(address), all_is_counted, nursery, pid)
            assert found["jira_requests_sent_total"][""] >= found["jira_requests_total"]["200"] > 2
            assert found["jira_issues_counted"] == {"DEMO": 40}
            assert found["jira_budget_limit"] == {"": 1000}
            assert found["jira_budget_left"][""] == 1000 - found["jira_requests_sent_total"][""]
            assert found["jira_commit_seconds_count"] == found["jira_commits_total"]
            assert 1 < found["jira_response_seconds_count"][""] <= found["jira_requests_total"]["200"]
            assert found["jira_disk_free_bytes"][""] > 0
            assert [*found["jira_crawl_info"]] == [f"{sandbox.url.removeprefix('http://')},jira"]
            done = until(lambda: metrics(address), lambda each: each["jira_issues_listed"][""] >= 16, nursery, pid)
            nursery.signal(pid, signal.SIGTERM)
            assert nursery.wait(pid) == 1
    report = json.loads((tmp_path / "output" / "report.json").read_bytes())
    assert report["listed"] >= done["jira_issues_listed"][""]
    assert report["requests"] >= done["jira_requests_sent_total"][""]
    assert sum(report["examples"].values()) >= sum(done["jira_examples_total"].values()) > 0
    assert (
        report["dropped"].items()
        >= {"/".join(labels.split(",")[::-1]): n for labels, n in done.get("jira_rejects_total", {}).items()}.items()
    )
    assert "Metrics are at http://127.0.0.1:" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("processes", ["1", "2"])
def test_what_is_counted_is_what_the_store_holds_whoever_refines(crawl, tmp_path, processes):
    """The report counts examples and rejects in the store, and a Prometheus those of the stats."""
    with running(issues=60, seed=1) as sandbox:
        done = crawl(sandbox.url, REFINE_PROCESSES=processes, STATS_DUMP="1", MIN_QUALITY="0.4")
    assert done.status == 0
    counted = dict(re.findall(r"^[ {]'(.+)': (.+)[,}]$", done.log, re.MULTILINE))
    for name, prefix in (("examples", "examples/"), ("dropped", "rejected/")):
        assert done.report[name]
        assert done.report[name] == {
            key.removeprefix(prefix): int(value) for key, value in counted.items() if key.startswith(prefix)
        }
    assert int(counted["issues/written"]) == done.report["written"]


def test_a_port_that_is_taken_ends_a_crawl_before_it_begins(crawl):
    with running(issues=10) as sandbox, socket.create_server(("127.0.0.1", 0)) as taken:
        first = crawl(sandbox.url)
        left = {path.name: path.read_bytes() for path in first.folder.iterdir() if path.suffix != ".sqlite"}
        port = taken.getsockname()[1]
        refused = crawl(sandbox.url, METRICS_PORT=port)
    assert refused.status == 2
    *_, said = refused.log.splitlines()
    assert said == (
        f"scrapy crawl: METRICS_PORT={port} of METRICS_HOST=127.0.0.1 cannot be had: Address already in use."
    )
    assert {path.name: path.read_bytes() for path in first.folder.iterdir() if path.suffix != ".sqlite"} == left


LOADED = """
import atexit, sys
from scrapy.cmdline import execute
atexit.register(lambda: print(*sys.modules, sep="\\n"))
execute()
"""


def test_a_crawl_without_a_port_loads_nothing_of_it(tmp_path):
    arguments = ["crawl", "jira", "-a", "projects=DEMO", "-a", f"site=http://127.0.0.1:{ports.free()}"]
    arguments += ["-s", f"OUTPUT_DIR={tmp_path / 'output'}", "-s", "RETRY_TIMES=0"]
    real = [sys.executable, "-c", LOADED, *arguments]
    done = subprocess.run(real, cwd=ROOT, env=clean(), capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 1
    loaded = set(done.stdout.split())
    assert "jira_crawler.extensions.stats" in loaded
    assert {name for name in loaded if name.split(".")[0] == "prometheus_client"} == set()
    assert loaded & {"jira_crawler.extensions.exposition", "jira_crawler.extensions.readings"} == set()
