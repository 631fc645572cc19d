"""Who may ask a site, and when: for one process here, for a fleet in Redis, and Pace does not see which."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from scrapy.settings import BaseSettings

from jira_crawler.middlewares.budget import Budget
from jira_crawler.middlewares.pacer import Pacer, Pause, Permit, Refusal


class Permits(Protocol):
    def ask(self, ticket: int) -> Permit | None:
        """Tells whether a request may go now, or when to come again with the ticket; None once the budget is spent."""

    def pause(self, seconds: float, told: float, refusal: Refusal | None) -> Pause:
        """Stops every request for some seconds and learns from what the site told or refused: see Pacer."""

    def slow_down(self, delay: float) -> None:
        """Leaves at least so many seconds between two requests from now on."""

    def left(self) -> int | None:
        """Gives how many requests the budget leaves now; None where there is none. Raises Refused as `ask` does."""

    def close(self) -> None: ...


class OwnPermits:
    """The permits of a single process: a pacer in memory, and the budget of the machine."""

    def __init__(self, delay: float, longest: float, budget: Budget | None):
        self.pacer, self.delay, self.budget = Pacer(longest), delay, budget

    def ask(self, ticket: int) -> Permit | None:
        permit = self.pacer.ask(ticket, self.delay, time.monotonic())
        if not permit.wait and self.budget and not self.budget.spend(time.time()):
            return None
        return permit

    def pause(self, seconds: float, told: float, refusal: Refusal | None) -> Pause:
        return self.pacer.pause(seconds, told, refusal, time.monotonic())

    def slow_down(self, delay: float) -> None:
        self.delay = max(self.delay, delay)

    def left(self) -> int | None:
        return self.budget.left(time.time()) if self.budget else None

    def close(self) -> None:
        if self.budget:
            self.budget.close()


def permits_at(site: str, settings: BaseSettings) -> Permits:
    """Opens the permits of a site where the settings want them; raises BadArgument if no Redis is there."""
    delay, longest = settings.getfloat("DOWNLOAD_DELAY"), settings.getfloat("MAX_PAUSE")
    limit = settings.getint("DAILY_BUDGET")
    budget = Budget(Path(settings["STATE_DIR"]), site, limit) if limit else None
    if not settings["REDIS_URL"]:
        return OwnPermits(delay, longest, budget)
    from jira_crawler.middlewares.shared_permits import SharedPermits  # a process on its own needs no Redis

    return SharedPermits(site, settings, delay, longest, budget)
