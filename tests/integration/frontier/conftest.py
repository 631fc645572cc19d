"""A real Redis, and workers as their frontier sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from jira_crawler.crawl.scope import Job
from jira_crawler.crawl.session import CrawlState
from jira_crawler.frontier.fleet import Fleet
from jira_crawler.frontier.protocol import Failed, Leased
from jira_crawler.frontier.redis_frontier import RedisFrontier
from jira_crawler.sites import Site
from tests.servers.redis import RedisServer
from tests.unit.frontier import tasks
from tests.unit.frontier.contract import leased
from tests.unit.frontier.contract import paths as of_frontier
from tests.unit.frontier.tasks import Ask, Late, Soon

SITE = Site("made_up", "https://jira.example.org")
STORE = "postgresql+psycopg://nobody@127.0.0.1:9/none"  # nobody connects to it here
RUN = 1_700_000_000_000
BY_PRIORITY = {0: Ask, 10: Soon, -1: Late}


@pytest.fixture
def redis(redis_server: RedisServer, redis_url: str) -> Redis:
    """A client that looks at what the workers leave."""
    return redis_server.client(redis_url)


@pytest.fixture
def worker(redis_url: str) -> Iterator[Callable[..., Fleet]]:
    """Makes workers of one fleet, each with a frontier of its own."""
    made: list[Fleet] = []

    def make(lease: float = 60.0, site: Site = SITE) -> Fleet:
        settings = {"REDIS_URL": redis_url, "STORE_URL": STORE, "LEASE_SECONDS": lease, "REDIS_PATIENCE": 0.1}
        frontier = RedisFrontier.open(settings, "jira", site, tasks)
        frontier.keep(CrawlState(run=0))
        made.append(Fleet(frontier, "jira", site.name))
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
    fleet.frontier.begin_round(CrawlState(run=RUN, dialect="server"))
    return fleet


def ask(path: str = "x", priority: int = 0, project: str = "DEMO", floor: int = 0) -> Ask:
    """Makes a task of a project."""
    return BY_PRIORITY[priority](path=path, project=project, floor=floor)


def take(fleet: Fleet) -> Leased:
    """Leases a task that is there."""
    return leased(fleet.frontier)


def fail(fleet: Fleet, why: str) -> None:
    """Leases a task, which comes to nothing."""
    fleet.frontier.acknowledge([], [Failed(take(fleet).id, why)])


def answer(fleet: Fleet) -> None:
    """Leases a task, which is dealt with."""
    fleet.frontier.acknowledge([take(fleet).id], [])


def paths(fleet: Fleet) -> list[str]:
    """Takes all that waits, and gives what it asks for."""
    return of_frontier(fleet.frontier)


def waiting(fleet: Fleet) -> int:
    """How many tasks wait; those that are out do not count."""
    return int(fleet.server.zcard(f"{fleet.stem}:tasks"))


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
    """Why tasks failed, of whatever project."""
    return list(fleet.server.hvals(f"{fleet.stem}:failed"))


def keys(redis: Redis, *but: str) -> set[str]:
    """What is kept of tasks: names of keys without what they begin with."""
    return {key.removeprefix(f"jira:{SITE.name}:") for key in redis.keys("jira:made_up:*")} - {
        "state",
        "number",
        "dupefilter",
        "lead",
        "workers",
        *but,
    }


def missing(fleet: Fleet) -> list[str] | None:
    """What the outcome says, if there is one."""
    outcome = fleet.outcome()
    return outcome and outcome["missing"]


def names(fleet: Fleet) -> list[str]:
    return [job.project for job in fleet.open_jobs()]
