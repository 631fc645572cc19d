"""What it costs a worker that its questions, and the permits to ask them, are in Redis."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from redis import Redis
from scrapy.settings import Settings

from benchmarks.fleet_servers import Servers
from jira_crawler import sites
from jira_crawler.crawl import tasks
from jira_crawler.crawl.session import CrawlState
from jira_crawler.crawl.tasks import FetchPage
from jira_crawler.frontier.protocol import Failed, Frontier
from jira_crawler.frontier.redis_frontier import RedisFrontier
from jira_crawler.frontier.sqlite_frontier import SqliteFrontier
from jira_crawler.middlewares.permits import OwnPermits
from jira_crawler.middlewares.shared_permits import SharedPermits
from jira_crawler.trackers.contract import Cursor, Window

MEMORY, DISK, SHARED, REDIS = "in memory", "on disk", "in Redis", "of that Redis' own"
STEPS = ("push", "pop", "acknowledge", "permit")
Costs = dict[str, dict[str, float]]  # ms by step, then by place
_LISTED = 30  # issues that a position remembers


def costs(servers: Servers, folder: Path, number: int) -> Costs:
    """Measures each step for so many tasks of a walk: medians in ms, and what Redis spends on one of them."""
    found: Costs = {step: {} for step in STEPS}
    for name, home in ((MEMORY, None), (DISK, folder / "frontier")):
        frontier = SqliteFrontier(home, tasks)
        frontier.keep(CrawlState(run=1))
        for step, do, over in _steps(frontier, number):
            found[step][name], _ = timed(do, over)
        frontier.close()
    found["permit"] |= dict.fromkeys((MEMORY, DISK), _permits(OwnPermits(0.0, 900.0, None), number))
    with servers.redis.client() as client:
        _shared(servers, client, number, found)
    return found


def _steps(frontier: Frontier, number: int) -> Iterator[tuple[str, Callable[[Any], Any], Iterable[Any]]]:
    """Gives what is done with a frontier, one step after the other, to write tasks down and to read them included."""
    leased: list[str] = []

    def lease(_: int) -> None:
        taken = frontier.lease()
        if taken is None or isinstance(taken, Failed):
            raise RuntimeError("a task is lost")
        leased.append(taken.id)

    def acknowledge(id_: str) -> None:
        frontier.acknowledge([id_], [])
        frontier.commit()

    yield "push", frontier.push, _pages(number)
    yield "pop", lease, range(number)
    yield "acknowledge", acknowledge, leased


def _shared(servers: Servers, client: Redis, number: int, found: Costs) -> None:
    settings = Settings({"REDIS_URL": servers.redis.fresh(), "REDIS_PATIENCE": 60, "LEASE_SECONDS": 60})
    settings["STORE_URL"] = servers.postgres.url()
    frontier = RedisFrontier.open(settings, "jira", sites.find(servers.site), tasks)
    frontier.leading = True
    frontier.begin_round(CrawlState(run=1))
    permits = SharedPermits("benchmark", settings, 0.0, 900.0, None)
    for step, do, over in (*_steps(frontier, number), ("permit", lambda _: permits.ask(0), range(number))):
        with _spent_by(client, number) as spent:
            found[step][SHARED], _ = timed(do, over)
        found[step][REDIS] = spent[0]
    permits.close()
    frontier.close()


def _permits(permits: OwnPermits, number: int) -> float:
    return timed(lambda _: permits.ask(0), range(number))[0]


def timed(do: Callable[[Any], Any], over: Iterable[Any]) -> tuple[float, list[Any]]:
    """Does something with each of some things, and gives the median of the times in ms, and all results."""
    times, results = [], []
    for each in list(over):
        began = time.perf_counter()
        results.append(do(each))
        times.append(time.perf_counter() - began)
    return 1000 * median(times), results


@contextmanager
def _spent_by(client: Redis, number: int) -> Iterator[list[float]]:
    """Gives, at the end of the block, the ms that Redis spent in scripts for each of so many steps."""
    spent: list[float] = []
    client.config_resetstat()
    yield spent
    stats: dict[str, Any] = client.info("commandstats")
    spent.append(sum(stats.get(f"cmdstat_{name}", {}).get("usec", 0) for name in ("eval", "evalsha")) / 1000 / number)


def _pages(number: int) -> list[FetchPage]:
    """Makes the questions for as many pages."""
    recent = tuple((str(id_), 0) for id_ in range(10_000, 10_000 + _LISTED))
    return [
        FetchPage(
            project="DEMO",
            dialect="server",
            window=Window("DEMO", start=at, end=at + 60_000),
            cursor=Cursor(since=at, reached=at, recent=recent),
            size=100,
        )
        for at in range(60_000, 60_000 * (number + 1), 60_000)
    ]
