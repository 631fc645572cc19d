"""A real Redis, and workers as their queue sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from redis import Redis
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from jira_crawler.frontier import FLOOR
from jira_crawler.frontier.fingerprint import Fingerprinter
from jira_crawler.frontier.fleet import Fleet
from jira_crawler.frontier.jobs import Job
from jira_crawler.frontier.lease_queue import LeaseQueue
from jira_crawler.sites import Site
from tests.servers.redis import RedisServer

SITE = Site("made_up", "https://jira.example.org")
STORE = "postgresql+psycopg://nobody@127.0.0.1:9/none"  # nobody connects to it here
ROUND = {"run": 1_700_000_000_000, "dialect": "server"}


class Walker(Spider):
    """Has what a queue needs of a spider."""

    name = "jira"
    site = SITE

    def __init__(self) -> None:
        super().__init__()
        self.state: dict[str, Any] = {}

    @property
    def run(self) -> int:
        return int(self.state.get("run", 0))

    def page(self, response: Any) -> None:
        """What comes back is nobody's concern here."""


@pytest.fixture
def redis(redis_server: RedisServer, redis_url: str) -> Redis:
    """A client that looks at what the workers leave."""
    return redis_server.client(redis_url)


@pytest.fixture
def worker(redis_url: str) -> Iterator[Callable[..., Fleet]]:
    """Makes workers of one fleet, each with a queue of its own."""
    made: list[Fleet] = []

    def make(lease: float = 60.0, site: Site = SITE) -> Fleet:
        spider = Walker()
        spider.site = site
        settings = Settings({"REDIS_URL": redis_url, "STORE_URL": STORE, "LEASE_SECONDS": lease, "REDIS_PATIENCE": 0.1})
        fingerprinter = Fingerprinter(Crawler(Walker, Settings()))
        spider.crawler = SimpleNamespace(request_fingerprinter=fingerprinter)  # type: ignore[assignment]
        made.append(Fleet(LeaseQueue.of(spider, settings), "jira", site.name))
        return made[-1]

    yield make
    for fleet in made:
        fleet.server.close()


@pytest.fixture
def lead(worker: Callable[..., Fleet]) -> Fleet:
    """A worker that leads and has begun a round."""
    return leading(worker())


def leading(fleet: Fleet) -> Fleet:
    """Makes a worker the lead, with a round that has begun."""
    assert fleet.beat()
    spider = fleet.queue.spider
    spider.state = dict(ROUND)
    fleet.queue.begin_round(spider.state)
    return fleet


def ask(
    fleet: Fleet, path: str = "x", priority: int = 0, project: str = "DEMO", floor: int = 0, **more: Any
) -> Request:
    """Makes a request of a project."""
    meta = {FLOOR: [project, floor]}
    spider = fleet.queue.spider
    return Request(f"{SITE.url}/{path}", callback=spider.page, priority=priority, meta=meta, **more)


def paths(fleet: Fleet) -> list[str]:
    """Takes all that waits, and gives where it leads."""
    return [request.url.removeprefix(f"{SITE.url}/") for request in iter(fleet.queue.pop, None)]


def expire(fleet: Fleet) -> None:
    """Lets every lease run out, by the clock of Redis."""
    leases = f"{fleet.stem}:leases"
    if ids := fleet.server.zrange(leases, 0, -1):
        fleet.server.zadd(leases, dict.fromkeys(ids, 1))


def asleep(fleet: Fleet) -> None:
    """Lets a worker that leads fall silent for longer than its leases last."""
    expire(fleet)
    fleet.server.delete(f"{fleet.stem}:lead")


def given(*projects: str) -> dict[str, Job]:
    """What a lead has taken up, where it was given without wishes."""
    return {project: Job(project) for project in projects}


def reasons(fleet: Fleet) -> list[str]:
    """Why requests failed, of whatever project."""
    return list(fleet.server.hvals(f"{fleet.stem}:failed"))


def keys(redis, *but: str) -> set[str]:
    """What is kept of requests: names of keys without what they begin with."""
    return {key.removeprefix(f"jira:{SITE.name}:") for key in redis.keys("jira:made_up:*")} - {
        "state",
        "number",
        "dupefilter",
        "lead",
        "workers",
        *but,
    }


def missing(fleet) -> list[str] | None:
    """What the outcome says, if there is one."""
    outcome = fleet.outcome()
    return outcome and outcome["missing"]


def names(fleet) -> list[str]:
    return [job.project for job in fleet.open_jobs()]
