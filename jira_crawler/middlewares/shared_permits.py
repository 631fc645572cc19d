"""The permits of a fleet: one pacer and one budget per site, in Redis and on its clock."""

from __future__ import annotations

import json
import time
from importlib.resources import files
from typing import Any

from redis.exceptions import RedisError
from scrapy.settings import BaseSettings

from jira_crawler.exceptions import Refused
from jira_crawler.frontier.connection import connect
from jira_crawler.middlewares import budget, lessons, pacer
from jira_crawler.middlewares.pacer import Pause, Permit, Refusal
from jira_crawler.middlewares.rates import FASTEST, MARGIN

# Whatever a site is left alone for, its pace and its count of the day must outlive it.
_KEEP = 1000 * max(lessons.KEEP_TOLD, budget.HOUR * budget.WINDOW) + 1000 * budget.HOUR


class SharedPermits:
    """Asks Redis for each permit, in one script that happens wholly or not at all.

    The budget of the machine counts along: what this address asks in a fleet, it has asked when it crawls alone.
    """

    def __init__(
        self, site: str, settings: BaseSettings, delay: float, longest: float, machine: budget.Budget | None
    ) -> None:
        self.machine = machine
        self._redis = connect(settings)
        self._keys = [f"pace:{site}:{name}" for name in ("line", "recent", "hours")]
        scripts = (_text("pacer") + _text(name) for name in ("ask", "pause", "left"))
        self._ask, self._pause, self._left = map(self._redis.register_script, scripts)
        common = {
            "keep": _KEEP,
            "keep_guessed": 1000 * lessons.KEEP_GUESSED,
            "fastest": 1000 * FASTEST,
            "ease": lessons.EASE,
        }
        self._ask_with = common | {
            "delay": 1000 * delay,
            "limit": machine.limit if machine else 0,
            "window": budget.WINDOW,
            "recent": 1000 * pacer.RECENT,
            "most": pacer.MOST,
        }
        self._pause_with = common | {
            "longest": 1000 * longest,
            "keep_told": 1000 * lessons.KEEP_TOLD,
            "least": 1000 * lessons.LEAST,
            "slowest": 1000 * lessons.SLOWEST,
            "worth": lessons.WORTH,
            "vain": lessons.VAIN,
            "few": lessons.FEW,
            "vain_at_few": lessons.VAIN_AT_FEW,
            "smooth": lessons.SMOOTH,
            "sooner": lessons.SOONER,
            "untaught": lessons.UNTAUGHT,
            "spare": pacer.SPARE,
            "margin": MARGIN,
        }

    def ask(self, ticket: int) -> Permit | None:
        answer, *numbers = self._run(self._ask, self._ask_with | {"ticket": ticket})
        if answer == "wait":
            ticket, wait, pause = numbers
            return Permit(wait / 1000, ticket, pause / 1000)
        if answer == "spent" or (self.machine and not self.machine.spend(time.time())):
            return None
        ticket, lesson, number = numbers
        return Permit(0.0, ticket, lesson=lesson, number=number)

    def pause(self, seconds: float, told: float, refusal: Refusal | None) -> Pause:
        what = {
            "pause": 1000 * seconds,
            "told": 1000 * told,
            "lesson": refusal.lesson if refusal else -1,
            "number": refusal.number if refusal else 0,
        }
        longer, pace, random = self._run(self._pause, self._pause_with | what)
        return Pause(longer / 1000, pace / 1000, bool(random))

    def slow_down(self, delay: float) -> None:
        self._ask_with["delay"] = max(self._ask_with["delay"], 1000 * delay)

    def left(self) -> int | None:
        """Gives what both budgets leave: that of the fleet, by Redis' clock, and that of this machine."""
        if not self.machine:
            return None
        (fleet,), machine = self._run(self._left, self._ask_with), self.machine.left(time.time())
        return int(fleet) if machine is None else min(int(fleet), machine)

    def close(self) -> None:
        self._redis.close()
        if self.machine:
            self.machine.close()

    def _run(self, script: Any, what: dict[str, Any]) -> list[Any]:
        try:
            found: list[Any] = script(keys=self._keys, args=[json.dumps(what)])
        except RedisError as error:  # after all the patience that connect has
            raise Refused(
                f"Redis, which keeps the pace of the fleet, does not answer any more ({type(error).__name__})."
            ) from error
        return found


def _text(name: str) -> str:
    return files("jira_crawler.middlewares").joinpath("scripts", f"{name}.lua").read_text("utf-8")
