"""As tests/system/durability/driver.py, with the steps of a worker that leads."""

from __future__ import annotations

from typing import Any

from jira_crawler.extensions import workers
from jira_crawler.frontier.fleet import Fleet
from jira_crawler.frontier.lease_queue import LeaseQueue
from jira_crawler.spiders.proving import Proving
from tests.system.durability import driver

PLACES: dict[str, tuple[Any, str]] = {
    "accept": (Fleet, "accept"),
    "begin_round": (LeaseQueue, "begin_round"),
    "push": (LeaseQueue, "push"),
    "take": (LeaseQueue, "pop"),
    "settle": (LeaseQueue, "acknowledge"),
    "keep": (LeaseQueue, "save_state"),
    "last_pass": (Proving, "last_pass"),
    "recount": (Proving, "recount"),
    "judge": (Proving, "judge"),
    "finished": (Proving, "finished"),
    "conclude": (Fleet, "conclude"),
    "merge": (workers, "merge_here"),
    "leave": (Fleet, "leave"),
}
STEPS = tuple(f"{name} {moment}" for name in PLACES for moment in ("before", "after"))

driver.PLACES |= PLACES
driver.STEPS = (*driver.STEPS, *STEPS)
run = driver.run
