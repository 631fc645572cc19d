"""As tests/system/durability/driver.py, with the steps of a worker that leads."""

from __future__ import annotations

from typing import Any

from jira_crawler.crawl.reconciliation import Reconciliation
from jira_crawler.extensions import workers
from jira_crawler.frontier.fleet import Fleet
from jira_crawler.frontier.redis_frontier import RedisFrontier
from tests.system.durability import driver

PLACES: dict[str, tuple[Any, str]] = {
    "accept": (Fleet, "accept"),
    "begin_round": (RedisFrontier, "begin_round"),
    "push": (RedisFrontier, "push"),
    "take": (RedisFrontier, "lease"),
    "acknowledge": (RedisFrontier, "acknowledge"),
    "keep": (RedisFrontier, "save_state"),
    "last_pass": (Reconciliation, "last_pass"),
    "recount": (Reconciliation, "recount"),
    "judge": (Reconciliation, "judge"),
    "finished": (Reconciliation, "finish"),
    "conclude": (Fleet, "conclude"),
    "merge": (workers, "merge_here"),
    "leave": (Fleet, "leave"),
}
STEPS = tuple(f"{name} {moment}" for name in PLACES for moment in ("before", "after"))

driver.PLACES |= PLACES
driver.STEPS = (*driver.STEPS, *STEPS)
run = driver.run
