"""Issues that a change did not fix and that look as if it might: of the same project, the same week, the same part."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from jira_crawler.links.facts import Facts
from jira_crawler.links.index import Identity

WEEK: Final = 7 * 86_400_000  # ms
_NEAR: Final = 200  # issues that are looked at on either side


class Negatives:
    """Knows all issues by when they were filed, and which of them have a link of any kind to which change."""

    def __init__(self, issues: Iterable[Facts], linked: Iterable[tuple[Identity, Identity]]):
        self._linked: dict[Identity, set[Identity]] = defaultdict(set)
        for issue, change in linked:
            self._linked[change].add(issue)
        self._filed: dict[tuple[str, str], list[tuple[int, str, Facts]]] = defaultdict(list)
        for each in issues:
            if each.what == "issue" and each.created is not None:
                self._filed[each.site, each.project].append((each.created, each.id, each))
        for filed in self._filed.values():
            filed.sort(key=lambda told: told[:2])

    def of(self, issue: Facts, change: Identity, most: int) -> list[Facts]:
        """Gives the nearest: those that share a part first, then by how near they were filed."""
        filed = self._filed[issue.site, issue.project]
        created = issue.created or 0
        at = bisect_left(filed, (created, issue.id), key=lambda told: told[:2])
        near = [
            each for _, _, each in filed[max(0, at - _NEAR) : at + _NEAR] if abs((each.created or 0) - created) <= WEEK
        ]
        others = [each for each in near if each.id != issue.id and (each.site, each.id) not in self._linked[change]]
        return sorted(others, key=lambda each: _distance(issue, each))[:most]


def _distance(issue: Facts, other: Facts) -> tuple[bool, int, str]:
    return set(issue.parts).isdisjoint(other.parts), abs((other.created or 0) - (issue.created or 0)), other.id
