"""Four workers, each a Scrapy of its own, at one site that counts what all of them ask, seen from the site."""

from __future__ import annotations

import itertools
import json
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from fake_jira import running
from tests.servers.hostile import Answer, Asked, hostile
from tests.servers.nursery import Nursery


@dataclass
class Ended:
    counted: dict[str, Any]
    log: str


class Askers(Nursery):
    """Forks workers that only ask."""

    driver = "tests.integration.middlewares.worker"


@dataclass
class Worker:
    """One that was started, and where it writes."""

    nursery: Nursery
    pid: int
    out: Path
    log: Path

    def kill(self) -> None:
        self.nursery.signal(self.pid, signal.SIGKILL)


@pytest.fixture
def start(tmp_path, redis_url):
    nursery, numbers = Askers(), itertools.count()

    def run(url: str, times: int, **chosen: Any) -> Worker:
        number = next(numbers)
        settings = {"REDIS_URL": redis_url, "REDIS_PATIENCE": 10, "STATE_DIR": tmp_path / str(number)} | chosen
        out, log = tmp_path / f"{number}.out", tmp_path / f"{number}.log"
        arguments = [url, str(times), *(f"{name}={value}" for name, value in settings.items())]
        return Worker(nursery, nursery.start(arguments, out, "ask", errors=log), out, log)

    yield run
    nursery.close()


def end(worker: Worker) -> Ended:
    status, log = worker.nursery.wait(worker.pid), worker.log.read_text("utf-8")
    assert status == 0, log
    assert "Traceback" not in log, log
    return Ended(json.loads(worker.out.read_text("utf-8").splitlines()[-1]), log)


def until(reached: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 600
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def quiet(bucket: Any) -> dict[str, str]:
    return {"Retry-After": str(bucket.wait())} if bucket.wait() else {}


def left(redis: Redis) -> list[float]:
    """When each request was let go, in milliseconds by the clock of Redis: no machine is too busy to keep that."""
    (name,) = redis.keys("pace:*:recent")
    return [float(each) for each in redis.lrange(name, 0, -1)]


@pytest.mark.parametrize("headers", ["server", "quiet"])
def test_what_one_is_told_or_refused_is_the_pace_of_all(start, monkeypatch, redis_server, redis_url, headers):
    """That this pace is right, and kept after the first refusals, is shown in virtual time: test_lessons.py."""
    if headers == "quiet":
        monkeypatch.setattr("fake_jira.server.application._RATE_HEADERS", {"server": quiet})
    with running(issues=1, rate_limit=(4, 2.0)) as sandbox:
        ended = [end(each) for each in [start(sandbox.url, 5) for _ in range(4)]]
        statuses = [status for *_, status in sandbox.requests]
    assert statuses.count(200) == 20
    assert statuses.count(429) == sum(each.counted.get("pace/refused", 0) for each in ended)
    redis = redis_server.client(redis_url)
    (name,) = redis.keys("pace:*:line")
    line = redis.hgetall(name)
    assert float(line["told" if headers == "server" else "guess"]) > 0
    assert int(float(line["sent"])) == len(statuses) == sum(each.counted["pace/sent"] for each in ended)


def is_paused(redis: Redis) -> bool:
    """Whether somebody has told the others of a pause of a day."""
    far = time.time() * 1000 + 80_000_000
    hashes = [key for key in redis.scan_iter() if redis.type(key) == "hash"]
    return any(value.replace(".", "").isdigit() and float(value) > far for key in hashes for value in redis.hvals(key))


def test_a_pause_that_one_meets_stops_the_others(start, redis_server, redis_url):
    """One request is refused, and only one: whoever did not know of it would go on, and be answered well."""
    numbers = itertools.count(1)
    redis = redis_server.client(redis_url)

    def rule(_: Asked) -> Answer | None:
        number = next(numbers)
        if number > 12:
            until(lambda: is_paused(redis))  # who was refused may be slow to hear of it
        return Answer(b"{}", 503, {"Retry-After": "86400"}) if number == 12 else None

    with hostile(1, rule) as jira:
        ended = [end(each) for each in [start(jira.url, 200, CONCURRENT_REQUESTS_PER_DOMAIN=1) for _ in range(4)]]
    assert 12 <= len(jira.requests) <= 12 + 3  # what the other three had under way
    assert all("asks to be left alone until" in each.log for each in ended)


def test_a_delay_is_the_fleets_and_a_worker_that_dies_holds_nobody_up(start, redis_server, redis_url):
    with running(issues=1) as sandbox:
        doomed, *workers = [start(sandbox.url, 8, DOWNLOAD_DELAY=0.1) for _ in range(4)]
        until(lambda: len(sandbox.requests) >= 8)
        doomed.kill()
        for each in workers:
            end(each)
        assert len(sandbox.requests) >= 24
    assert min(later - earlier for earlier, later in pairwise(left(redis_server.client(redis_url)))) > 100 - 0.01


def test_a_spent_budget_ends_every_worker_with_a_sentence(start):
    with running(issues=1) as sandbox:
        ended = [end(each) for each in [start(sandbox.url, 50, DAILY_BUDGET=40) for _ in range(2)]]
        assert len(sandbox.requests) == 40
    assert sum(each.counted.get("pace/sent", 0) for each in ended) == 40
    assert all("budget of 40 requests" in each.log for each in ended)
