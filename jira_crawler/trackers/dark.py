"""Where in time something is that no answer names, not even a bare list of ids: found by asking what comes after it.

A question for the one issue that was created first at or after a time fails if that is it, and comes if that is another
one, or none. So the time is searched for between a question that failed and one that came: in strides from where the
listing stands, as the next issue is mostly near, then by halves, down to the minute. Below the minute only where the
tracker is seen to keep such bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from jira_crawler.trackers.contract import Page
from jira_crawler.trackers.paging import MINUTE, SECOND, floor_minute

_STRIDE = 16  # times the last one
_FOUND = -1  # in place of strides


@dataclass(frozen=True, slots=True)
class Search:
    """A question from `low` on failed; one from `high` on came, or would be after the end. Both are in epoch ms.

    `strides` counts those that were made, and is below 0 once something came. `fine` says whether bounds below the
    minute are kept: 0 is not known, below 0 is no.
    """

    low: int
    high: int
    strides: int = 0
    fine: int = 0

    def probe(self) -> int | None:
        """Says from when on to ask for one issue; None where the time is as narrow as it can be told."""
        if self.strides >= 0:
            ahead = floor_minute(self.low) + MINUTE * int(_STRIDE**self.strides)
            ahead = min(ahead, floor_minute(self.high - 1))
            if ahead > self.low:
                return ahead
        if middle := self._middle(MINUTE):
            return middle
        if self.fine == 0:
            last = self.high - SECOND
            return last if last > self.low else None
        return self._middle(SECOND) if self.fine > 0 else None

    def _middle(self, unit: int) -> int | None:
        middle = (self.low + self.high) // 2 // unit * unit
        if middle <= self.low:
            middle = self.low // unit * unit + unit
        return middle if middle < self.high else None

    def failed(self, at: int) -> Search:
        """Learns from a question that got no answer."""
        if at % MINUTE and self.fine == 0:  # what is sought is in the last second, or the bound was read to the minute
            return replace(self, fine=-1)
        return replace(self, low=at, strides=self.strides + 1 if self.strides >= 0 else _FOUND)

    def came(self, at: int, page: Page) -> Search:
        """Learns from a question that was answered."""
        if at % MINUTE and any(issue.created < at for issue in page.issues):
            return replace(self, fine=-1)
        return replace(self, high=at, strides=_FOUND, fine=1 if at % MINUTE else self.fine)
