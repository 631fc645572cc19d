"""Which issues are said to have changed and when each is asked for: soon, but once for a burst, and never too many.

Nothing here waits or looks at a clock: whoever has one says what time it is (seconds, monotonic).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

QUIET = 1.0  # seconds without a further word of an issue before it is asked for …
LONGEST = 5.0  # … or after so many since the first, whatever comes
AGAIN = (5.0, 30.0, 120.0, 600.0)  # seconds before an issue that did not come is asked for again
AT_ONCE = 64  # issues that are asked for side by side; the others wait where they cost next to nothing
MOST = 100_000  # issues of which it is known here that they changed; of the others the store knows


@dataclass(slots=True)
class _Dirty:
    first: float
    last: float
    failures: int = 0
    not_before: float = 0.0

    @property
    def due(self) -> float:
        return max(min(self.last + QUIET, self.first + LONGEST), self.not_before)


class DirtyIssues:
    """A set of issues, by id. One that changes while it is asked for is asked for again: the answer may be older."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Dirty] = {}
        self._asked: dict[str, int] = {}  # how often it failed before
        self._order: deque[str] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def under_way(self) -> int:
        """How many are asked for and not answered."""
        return len(self._asked)

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= MOST

    def __contains__(self, id_: str) -> bool:
        return id_ in self._waiting or id_ in self._asked

    def add(self, ids: Iterable[str], now: float) -> None:
        """Notes that issues have changed."""
        for id_ in ids:
            if known := self._waiting.get(id_):
                known.last = now
            else:
                self._waiting[id_] = _Dirty(now, now)
                self._order.append(id_)

    def due(self, now: float, most: int = AT_ONCE) -> list[str]:
        """Takes out what is to be asked for now, the longest known first."""
        found: list[str] = []
        for _ in range(len(self._order)):
            if len(self._asked) >= most:
                break
            id_ = self._order.popleft()
            dirty = self._waiting[id_]
            if dirty.due > now or id_ in self._asked:
                self._order.append(id_)
                continue
            del self._waiting[id_]
            self._asked[id_] = dirty.failures
            found.append(id_)
        return found

    def done(self, id_: str) -> None:
        """Notes that an issue came, or is known to be gone."""
        self._asked.pop(id_, None)

    def failed(self, id_: str, now: float) -> None:
        """Notes that an issue did not come: it is asked for again, ever later."""
        failures = self._asked.pop(id_, 0)
        self.add([id_], now)
        dirty = self._waiting[id_]
        dirty.failures = failures + 1
        dirty.not_before = now + AGAIN[min(failures, len(AGAIN) - 1)]
