"""What it costs a worker that its questions, and the turns to ask them, are in Redis."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from jira_crawler.frontier.addon import Together
from jira_crawler.frontier.fingerprint import Fingerprinter
from jira_crawler.frontier.queue import Queue
from redis import Redis
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from benchmarks.fleet_servers import Servers
from jira_crawler.frontier import FLOOR, LEASE, wire
from jira_crawler.middlewares.shared_turns import SharedTurns
from jira_crawler.middlewares.turns import OwnTurns
from jira_crawler.spiders.jira import Jira
from jira_crawler.trackers.contract import Cursor, Window

MEMORY, DISK, SHARED, REDIS = "in memory", "on disk", "in Redis", "of that Redis' own"
STEPS = ("push", "pop", "acknowledge", "turn")
Costs = dict[str, dict[str, float]]  # ms by step, then by place
_LISTED = 30  # issues that a position remembers


def costs(servers: Servers, folder: Path, number: int) -> Costs:
    """Measures each step for so many requests of a walk: medians in ms, and what Redis spends on one of them."""
    spider = _spider(servers)
    found: Costs = {step: {} for step in STEPS}
    for name, home in ((MEMORY, ""), (DISK, str(folder / "queue"))):
        queue = Queue.at(home, spider.site.url)
        for step, took in _owned(queue, spider, number).items():
            found[step][name] = took
        queue.close()
    found["turn"] |= dict.fromkeys((MEMORY, DISK), _turns(OwnTurns(0.0, 900.0, None), number))
    with servers.redis.client() as client:
        _shared(spider, client, number, found)
    return found


def _owned(queue: Queue, spider: Jira, number: int) -> dict[str, float]:
    """What Frontier does around its queue is part of a step: a request is written down and read back."""
    prints = spider.crawler.request_fingerprinter

    def push(request: Request) -> None:
        walk, floor = request.meta[FLOOR]
        queue.push(wire.dump(request), request.priority, prints.fingerprint(request), (walk, floor))

    def pop(_: int) -> int:
        id_, data = queue.take() or (0, b"")
        wire.load(data, spider)
        return id_

    def acknowledge(id_: int) -> None:
        queue.acknowledge([id_], [])
        queue.commit()

    pushed, _ = timed(push, _requests(spider, number))
    popped, ids = timed(pop, range(number))
    return {"push": pushed, "pop": popped, "acknowledge": timed(acknowledge, ids)[0]}


def _shared(spider: Jira, client: Redis, number: int, found: Costs) -> None:
    queue: Any = spider.questions
    queue.leading = True
    queue.begin_round(spider.state | {"run": spider.run})

    def step(name: str, do: Callable[[Any], Any], over: Iterable[Any]) -> list[Any]:
        with _spent_by(client, number) as spent:
            found[name][SHARED], results = timed(do, over)
        found[name][REDIS] = spent[0]
        return results

    step("push", queue.push, _requests(spider, number))
    leased = step("pop", lambda _: queue.pop(), range(number))
    step("acknowledge", lambda request: queue.acknowledge([request.meta[LEASE]], []), leased)
    turns = SharedTurns("benchmark", spider.settings, 0.0, 900.0, None)
    step("turn", lambda _: turns.ask(0), range(number))
    turns.close()
    queue.close()


def _turns(turns: OwnTurns, number: int) -> float:
    return timed(lambda _: turns.ask(0), range(number))[0]


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


def _spider(servers: Servers) -> Jira:
    """Makes the spider of a worker, with its queue, as Scrapy does before it is opened."""
    settings: Settings = get_project_settings()
    store = servers.postgres.url()
    settings.setdict({"REDIS_URL": servers.redis.fresh(), "STORE_URL": store}, priority="cmdline")
    Together.update_pre_crawler_settings(settings)
    crawler = Crawler(Jira, settings)
    crawler.request_fingerprinter = Fingerprinter(crawler)
    return Jira.from_crawler(crawler, site=servers.site)


def _requests(spider: Jira, number: int) -> list[Request]:
    """Makes the questions for as many pages."""
    recent = tuple((str(id_), 0) for id_ in range(10_000, 10_000 + _LISTED))
    return [
        spider.next_page(
            Window("DEMO", start=at, end=at + 60_000), Cursor(since=at, reached=at, recent=recent), "server"
        )
        for at in range(60_000, 60_000 * (number + 1), 60_000)
    ]
