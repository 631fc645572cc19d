"""When a tracker that is followed is listed again: often what changed just now, sometimes what changed lately, and at
times every id. Nothing here looks at a clock: times are seconds of one that never goes back.
"""

from __future__ import annotations

from math import inf
from typing import Final

from jira_crawler.crawl.following import Pass

HOUR: Final = 3600.0
WEEK: Final = 7 * 24 * HOUR
PATIENCE: Final = HOUR  # seconds between two tries of what fails again and again, at most
_ORDER: Final[tuple[Pass, ...]] = (
    "census",
    "trailing",
    "head",
    "levels",
)  # a trailing pass does what a head pass does, and more


class Agenda:
    """Knows when each kind of pass is due; one that failed is due again soon, then ever later.

    `poll` is the time between two head passes; `census` is in how many seconds the first one is due. `levels` is the
    time between two passes over service levels, 0 where there are to be none.
    """

    def __init__(self, poll: float, now: float, census: float = WEEK, levels: float = 0.0):
        self._every: dict[Pass, float] = {"head": poll, "trailing": max(HOUR, poll), "census": WEEK}
        self._due: dict[Pass, float] = {"head": now, "trailing": now + max(HOUR, poll), "census": now + census}
        if levels:
            self._every["levels"], self._due["levels"] = levels, now
        self._failures = 0

    @property
    def failures(self) -> int:
        """How many passes in a row did not get all that they asked for."""
        return self._failures

    def due(self, now: float) -> Pass | None:
        """Names the pass that is to be made now; None while there is none."""
        return next((kind for kind in _ORDER if self._due.get(kind, inf) <= now), None)

    def ended(self, kind: Pass, now: float, *, ok: bool) -> None:
        """Notes that a pass is over, and whether it got all that it asked for.

        One over service levels says nothing of the others, nor they of it.
        """
        if kind == "levels":
            self._due[kind] = now + self._every[kind]
            return
        if ok:
            self._failures = 0
            self._due[kind] = now + self._every[kind]
            if kind == "trailing":
                self._due["head"] = now + self._every["head"]
            return
        self._failures += 1
        again = now + min(self._every["head"] * 2 ** min(self._failures - 1, 10), PATIENCE)
        self._due[kind] = again
        for each, at in self._due.items():
            self._due[each] = max(at, again)  # the others would fail, too
