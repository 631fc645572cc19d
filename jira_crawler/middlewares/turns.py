"""Whose turn it is to ask a site: for one process here, for a fleet in Redis, and Pace does not see which."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from scrapy.settings import BaseSettings

from jira_crawler.middlewares.budget import Budget
from jira_crawler.middlewares.line import Line, Refusal, Rest, Turn


class Turns(Protocol):
    def ask(self, ticket: int) -> Turn | None:
        """Tells whether a request may go now, or when to come again with the ticket; None once the budget is spent."""

    def rest(self, seconds: float, told: float, refusal: Refusal | None) -> Rest:
        """Stops every request for some seconds and learns from what the site told or refused: see Line."""

    def slow_down(self, delay: float) -> None:
        """Leaves at least so many seconds between two requests from now on."""

    def close(self) -> None: ...


class OwnTurns:
    """The turns of a single process: a line in memory, and the budget of the machine."""

    def __init__(self, delay: float, longest: float, budget: Budget | None):
        self.line, self.delay, self.budget = Line(longest), delay, budget

    def ask(self, ticket: int) -> Turn | None:
        turn = self.line.ask(ticket, self.delay, time.monotonic())
        if not turn.wait and self.budget and not self.budget.spend(time.time()):
            return None
        return turn

    def rest(self, seconds: float, told: float, refusal: Refusal | None) -> Rest:
        return self.line.rest(seconds, told, refusal, time.monotonic())

    def slow_down(self, delay: float) -> None:
        self.delay = max(self.delay, delay)

    def close(self) -> None:
        if self.budget:
            self.budget.close()


def turns_at(site: str, settings: BaseSettings) -> Turns:
    """Opens the turns of a site where the settings want them; raises BadArgument if no Redis is there."""
    delay, longest = settings.getfloat("DOWNLOAD_DELAY"), settings.getfloat("MAX_PAUSE")
    limit = settings.getint("DAILY_BUDGET")
    budget = Budget(Path(settings["STATE_DIR"]), site, limit) if limit else None
    if not settings["REDIS_URL"]:
        return OwnTurns(delay, longest, budget)
    from jira_crawler.middlewares.shared_turns import SharedTurns  # a process on its own needs no Redis

    return SharedTurns(site, settings, delay, longest, budget)
