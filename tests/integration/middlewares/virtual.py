"""Crawls in virtual time: the real Pace over the real permits, at sites that are a few lines each.

The event loop jumps to whatever is waited for next, and every clock that the code looks at stands where the loop
stands, the one of Redis included. So an hour of crawling takes a moment, and no busy machine can spoil it.
"""

from __future__ import annotations

import asyncio
import math
import random
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from jira_crawler.exceptions import Refused
from jira_crawler.middlewares import pace, permits, shared_permits
from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.middlewares.pace import Pace
from tests.integration.middlewares.worker import Asker

START = 6000.0  # a full minute; and small, so that an event loop can tell apart what is a nanosecond apart
URL = "https://jira.example.org"
Answer = tuple[int, dict[str, str]]
FINE: Answer = (200, {})


@dataclass
class Clock:
    """What time it is, for a loop, for the modules that are told the time, and for the scripts in Redis."""

    now: float = START

    def time(self) -> float:
        return self.now

    monotonic = time

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def run(self, main: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=lambda: _Loop(self)) as runner:
            return runner.run(main)

    def install(self, patch: pytest.MonkeyPatch) -> Clock:
        for module in (pace, permits, shared_permits):
            patch.setattr(module, "time", self)
        read, run = shared_permits._text, shared_permits.SharedPermits._run

        def text(name: str) -> str:
            script = read(name)
            if name == "pacer":
                assert "redis.call('TIME')" in script
                script = script.replace("redis.call('TIME')", "{asked.clock, 0}")
            return script

        def told(self_: Any, script: Any, what: dict[str, Any]) -> Any:
            return run(self_, script, what | {"clock": self.now})

        patch.setattr(shared_permits, "_text", text)
        patch.setattr(shared_permits.SharedPermits, "_run", told)
        return self


class _Jump(selectors.DefaultSelector):
    """Waits for nothing: whatever time was to be waited for is over at once."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def select(self, timeout: float | None = None) -> Any:
        self.clock.now += timeout or 0.0
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock) -> None:
        super().__init__(_Jump(clock))
        self.clock = clock

    def time(self) -> float:
        return self.clock.now


@dataclass
class Bucket:
    """`size` requests in `seconds`, filled up evenly; `headers` makes what it says beside Retry-After."""

    size: int
    seconds: float
    headers: Callable[[Bucket], dict[str, str]] = lambda bucket: {}
    retry_after: bool = True
    level: float = field(init=False)
    seen: float = field(default=START, init=False)

    def __post_init__(self) -> None:
        self.level = float(self.size)

    def __call__(self, now: float) -> Answer:
        self.level = min(self.size, self.level + (now - self.seen) * self.size / self.seconds)
        self.seen = now
        if self.level >= 1:
            self.level -= 1
            return 200, self.headers(self)
        wait = math.ceil((1 - self.level) * self.seconds / self.size)
        return 429, ({"Retry-After": str(wait)} if self.retry_after else {}) | self.headers(self)


@dataclass
class Minutes:
    """So many requests in each minute by the clock."""

    size: int
    retry_after: bool
    minute: int = 0
    used: int = 0

    def __call__(self, now: float) -> Answer:
        if self.minute != now // 60:
            self.minute, self.used = int(now // 60), 0
        self.used += 1
        if self.used <= self.size:
            return FINE
        return 429, {"Retry-After": str(math.ceil(60 - now % 60))} if self.retry_after else {}


@dataclass
class Dice:
    """Refuses one in so many, whatever the pace."""

    share: float
    headers: dict[str, str] = field(default_factory=lambda: {"Retry-After": "1"})
    seed: int = 1

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def __call__(self, now: float) -> Answer:
        return (429, self.headers) if self.chance.random() < self.share else FINE


@dataclass
class Busy:
    """Refuses everything between two moments, seconds from the start, and does so again and again after `every`."""

    begin: float
    end: float
    every: float = math.inf
    headers: dict[str, str] = field(default_factory=lambda: {"Retry-After": "1"})

    def __call__(self, now: float) -> Answer:
        since = (now - START) % self.every
        return (429, self.headers) if self.begin <= since < self.end else FINE


@dataclass
class Ended:
    """What a crawl came to: how long it took, and when each request left (True) or was refused (False)."""

    seconds: float = 0.0
    left: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    done: int = 0
    reasons: list[str] = field(default_factory=list)
    waited: float = 0.0  # seconds that the site asked for, as the report has them
    early: int = 0  # requests that left before a Retry-After had passed

    @property
    def rate(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0


class Crawl:
    """So many requests, so many of them at once, by each of some workers; a latency is half way there, half back."""

    def __init__(self, clock: Clock, site: Callable[[float], Answer], folder: Path, redis_url: str = "", **chosen: Any):
        self.clock, self.site, self.folder, self.url = clock, site, folder, redis_url
        self.chosen = {"RETRY_BACKOFF": 1.0, "MAX_PAUSES": 20, "MAX_PAUSE": 7200.0} | chosen
        self.chosen = {"DOWNLOAD_DELAY": 0, "DAILY_BUDGET": 0} | self.chosen
        self.ended = Ended()
        self.forbidden = 0.0
        self.workers: list[Pace] = []

    def run(self, requests: int, at_once: int = 4, workers: int = 1, latency: float = 0.2) -> Ended:
        random.seed(7)  # the jitter
        self.clock.now, begun = START, START
        todo = iter(range(requests))
        self.workers = [self._pace(number) for number in range(workers)]

        async def all_of_it() -> None:
            async with asyncio.TaskGroup() as group:
                for each in self.workers:
                    for _ in range(at_once):
                        group.create_task(self._take(each, todo, latency))

        self.clock.run(all_of_it())
        for each in self.workers:
            each.permits.close()
            self.ended.waited += each.stats.get_value("pace/waited_seconds", 0.0)
        self.ended.seconds = self.clock.now - begun
        return self.ended

    def _pace(self, number: int) -> Pace:
        settings = {"STATE_DIR": str(self.folder / str(number)), "REDIS_URL": self.url, "REDIS_PATIENCE": 5}
        crawler = get_crawler(Asker, settings | self.chosen)
        crawler.spider = Asker(site=URL)
        return Pace(crawler)

    async def _take(self, pace: Pace, todo: Any, latency: float) -> None:
        for number in todo:
            request = Request(f"{URL}/{number}")
            while isinstance(request, Request):
                try:
                    await pace.admit(request)
                except Refused as refused:
                    self.ended.reasons.append(str(refused))
                    return
                now = self.clock.now
                self.ended.left.append(now)
                self.ended.early += now < self.forbidden - 1e-6
                await asyncio.sleep(latency / 2)
                status, headers = self.site(self.clock.now)
                await asyncio.sleep(latency / 2)
                if status == 429:
                    self.ended.refused.append(self.clock.now)
                    self.forbidden = max(self.forbidden, self.clock.now + float(headers.get("Retry-After", 0)))
                request = pace.process_response(request, Response(request.url, status=status, headers=headers))
            if isinstance(request, FailureResponse):
                self.ended.reasons.append(request.reason)
                return
            self.ended.done += 1
