"""A real Redis and a real Postgres for fleets of real workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from tests.servers import postgres, redis
from tests.system.durability.trial import Nursery
from tests.system.fleet.workers import Workers


@pytest.fixture
def workers(
    nursery: Nursery, redis_server: redis.RedisServer, tmp_path: Path
) -> Iterator[Callable[[Sandbox], Workers]]:
    """Makes a fleet with a queue and a store of its own; whatever of it is alive at the end is ended."""
    made: list[Workers] = []

    def make(sandbox: Sandbox, redis_url: str = "", store_url: str = "") -> Workers:
        store_url = store_url or postgres.shared().create()
        made.append(Workers(nursery, sandbox, tmp_path, redis_url or redis_server.fresh(), store_url))
        return made[-1]

    yield make
    for fleet in made:
        fleet.end()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running(issues=36, page_cap=3, seed=7) as served:
        yield served
