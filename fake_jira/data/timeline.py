"""Issues in an order that searches ask for, which stays in order while issues come, change and go."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import NamedTuple

from fake_jira.data.stored import Stored

Place = tuple[int, str, int, int]
_PLACES: dict[str, Callable[[Stored], Place]] = {
    "created": lambda issue: (issue.created, issue.project, issue.number, issue.id),
    "updated": lambda issue: (issue.updated, issue.project, issue.number, issue.id),
    "key": lambda issue: (0, issue.project, issue.number, issue.id),
}


class Timeline(NamedTuple):
    """Issues by `created` or `updated`, then by key, or by key alone; `times[n]` is that date of `issues[n]`, or 0."""

    order: str
    times: array[int]
    issues: list[Stored]

    @classmethod
    def of(cls, order: str, issues: Iterable[Stored]) -> Timeline:
        place = _PLACES[order]
        ordered = sorted(issues, key=place)
        return cls(order, array("q", (place(issue)[0] for issue in ordered)), ordered)

    def between(self, first: float, last: float) -> tuple[int, int]:
        return bisect_left(self.times, first), bisect_right(self.times, last)

    def add(self, issue: Stored) -> None:
        at = self._at(issue)
        self.times.insert(at, _PLACES[self.order](issue)[0])
        self.issues.insert(at, issue)

    def drop(self, issue: Stored) -> None:
        at = self._at(issue)
        del self.times[at], self.issues[at]

    def _at(self, issue: Stored) -> int:
        place = _PLACES[self.order]
        return bisect_left(self.issues, place(issue), key=place)
