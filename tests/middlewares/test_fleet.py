"""Four workers, each a Scrapy of its own, at one site that counts what all of them ask, seen from the site."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jira_crawler.sandbox import running
from tests.conftest import ROOT

WORKER = Path(__file__).with_name("worker.py")
TOLD = 0.25  # seconds until every worker knows of a refusal; what came before was under way


@dataclass
class Ended:
    counted: dict[str, Any]
    log: str


class Noting(list[Any]):
    """Notes when each request reached the site."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[tuple[float, int]] = []

    def append(self, entry: Any) -> None:
        self.times.append((time.monotonic(), entry[2]))
        super().append(entry)

    def with_status(self, status: int) -> list[float]:
        return [at for at, found in self.times if found == status]


@pytest.fixture
def start(tmp_path, redis_url):
    processes: list[subprocess.Popen[str]] = []

    def run(url: str, times: int, **chosen: Any) -> subprocess.Popen[str]:
        settings = {"REDIS_URL": redis_url, "REDIS_PATIENCE": 10, "STATE_DIR": tmp_path / str(len(processes))} | chosen
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JIRA_")}
        processes.append(
            subprocess.Popen(
                [sys.executable, "-W", "error", str(WORKER), url, str(times)]
                + [f"{name}={value}" for name, value in settings.items()],
                cwd=ROOT,
                env=clean | {"PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return processes[-1]

    yield run
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


def end(process: subprocess.Popen[str]) -> Ended:
    out, log = process.communicate(timeout=30)
    assert process.returncode == 0, log
    assert "Traceback" not in log, log
    return Ended(json.loads(out.splitlines()[-1]), log)


def until(reached: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def quiet(bucket: Any) -> dict[str, str]:
    return {"Retry-After": str(bucket.wait())} if bucket.wait() else {}


@pytest.mark.parametrize("headers", ["server", "quiet"])
def test_after_the_first_refusal_the_limit_is_kept(start, monkeypatch, headers):
    if headers == "quiet":
        monkeypatch.setattr("jira_crawler.sandbox.application._RATE_HEADERS", {"server": quiet})
    with running(issues=1, rate_limit=(12, 1.0)) as sandbox:
        served = sandbox.application.requests = Noting()
        ended = [end(each) for each in [start(sandbox.url, 14) for _ in range(4)]]
    refused = served.with_status(429)
    assert len(served.with_status(200)) == 56
    assert len(refused) == sum(each.counted.get("pace/refused", 0) for each in ended)
    if headers == "quiet":
        assert refused
    if refused:
        assert refused[-1] - refused[0] < TOLD
        after = [at for at, _ in served.times if at > refused[0] + TOLD]
        assert after[0] - refused[0] > 0.9  # all of them rest for the second that one was told
        # … and then go on, not at a crawl
        assert len(after) / (after[-1] - after[0]) > 3


def test_a_pause_that_one_meets_stops_the_others(start):
    with running(issues=1, latency=0.02) as sandbox:
        served = sandbox.application.requests = Noting()
        workers = [start(sandbox.url, 60, CONCURRENT_REQUESTS_PER_DOMAIN=1) for _ in range(2)]
        until(lambda: len(served) >= 20)
        sandbox.faults.values["error503"] = "5.5"
        sandbox.faults.rates["error503"] = 1.0
        until(lambda: served.with_status(503))
        sandbox.faults.rates["error503"] = 0.0
        ended = [end(each) for each in workers]
    met = served.with_status(503)[0]
    assert not [at for at, _ in served.times if met + TOLD < at < met + 5.4]
    lines = [line for each in ended for line in each.log.splitlines() if "Waiting" in line]
    assert len(lines) == 2  # one for each worker, however many requests wait
    assert sum("another worker was told to" in line for line in lines) == 1


def test_a_delay_is_the_fleets_and_a_worker_that_dies_holds_nobody_up(start):
    with running(issues=1) as sandbox:
        served = sandbox.application.requests = Noting()
        doomed, *workers = [start(sandbox.url, 8, DOWNLOAD_DELAY=0.1) for _ in range(4)]
        until(lambda: len(served) >= 8)
        doomed.kill()
        for each in workers:
            end(each)
    times = [at for at, _ in served.times]
    assert len(times) >= 24
    # Seen from the site, two requests come closer than they left if the first was held up on its way.
    assert all(later - earlier > 0.3 - 0.08 for earlier, later in zip(times, times[3:], strict=False))
    assert (times[-1] - times[0]) / (len(times) - 1) < 0.25


def test_a_spent_budget_ends_every_worker_with_a_sentence(start):
    with running(issues=1) as sandbox:
        ended = [end(each) for each in [start(sandbox.url, 50, DAILY_BUDGET=40) for _ in range(2)]]
        assert len(sandbox.requests) == 40
    assert sum(each.counted.get("pace/sent", 0) for each in ended) == 40
    assert all("budget of 40 requests" in each.log for each in ended)
