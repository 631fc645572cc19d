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
    """Knows when each kind of pass is due; one that fails is due again soon, then ever later, the others meanwhile.

    `poll` is the time between two head passes, `trailing` that between two trailing ones; `census` is in how many
    seconds the first one is due. `levels` is the time between two passes over service levels, 0 where there are to be
    none.
    """

    def __init__(
        self, poll: float, now: float, census: float = WEEK, trailing: float = HOUR, levels: float = 0.0
    ) -> None:
        trailing = max(trailing, poll)
        self._every: dict[Pass, float] = {"head": poll, "trailing": trailing, "census": WEEK}
        self._due: dict[Pass, float] = {"head": now, "trailing": now + trailing, "census": now + census}
        if levels:
            self._every["levels"], self._due["levels"] = levels, now
        self._failures: dict[Pass, int] = dict.fromkeys(self._every, 0)

    @property
    def failures(self) -> int:
        """How many times in a row the kind of pass that fails most did not get all that it asked for."""
        return max(self._failures.values())

    @property
    def kinds(self) -> tuple[Pass, ...]:
        """The kinds of passes that are made."""
        return tuple(self._due)

    def next(self, kind: Pass) -> float:
        """Says when a kind of pass is due; another one may be under way by then."""
        return self._due[kind]

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
            self._failures[kind] = 0
            self._due[kind] = now + self._every[kind]
            if kind == "trailing":
                self._failures["head"] = 0
                self._due["head"] = now + self._every["head"]
            return
        self._failures[kind] += 1
        poll = self._every["head"]
        again = now + min(poll * 2 ** min(self._failures[kind] - 1, 10), max(PATIENCE, poll))
        self._due[kind] = max(again, now + poll)
        for each, at in self._due.items():  # which may fail for the same reason
            self._due[each] = max(at, now + poll)
