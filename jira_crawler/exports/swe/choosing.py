"""Which change stands for an issue: the first that landed and stands, so that a backport makes no second instance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from jira_crawler.links.judging import Pair

ELSEWHERE: Final = frozenset({"other_branch", "backport"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A change, and the pairs with the issues that it stands for."""

    pairs: tuple[Pair, ...]

    @property
    def first(self) -> Pair:
        return self.pairs[0]


def chosen(pairs: Iterable[Pair], grades: frozenset[str]) -> tuple[list[Chosen], dict[str, int]]:
    """Chooses a change for each issue, and counts by reason the pairs that are left out."""
    left: dict[str, int] = defaultdict(int)
    by_issue: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.grade not in grades:
            left[f"of grade {pair.grade}"] += 1
        elif not pair.landed_how:
            left["not landed"] += 1
        elif pair.reverted_by:
            left["taken back"] += 1
        else:
            by_issue[pair.site, pair.id].append(pair)
    by_change: dict[tuple[str, str, str], list[Pair]] = defaultdict(list)
    for these in by_issue.values():
        first, *others = sorted(these, key=_order)
        left["another change of the same fix stands for it"] += len(others)
        by_change[first.other_site, first.other_id, first.commit].append(first)
    return [Chosen(tuple(sorted(these))) for _, these in sorted(by_change.items())], dict(left)


def _order(pair: Pair) -> tuple[bool, int, str, str, str]:
    return pair.landed_how in ELSEWHERE, pair.landed_at or 0, pair.other_site, pair.other_id, pair.commit
