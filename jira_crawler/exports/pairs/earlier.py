"""Changes that came before another one and look as if that were about them: of the same repository and time."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from jira_crawler.exports.pairs.negatives import WEEK
from jira_crawler.links.facts import Facts
from jira_crawler.links.index import Identity
from jira_crawler.links.judging import Join
from jira_crawler.links.landing import Landing
from jira_crawler.links.messages import plain
from jira_crawler.text.words import each_word

_NEAR: Final = 200  # changes that are looked at on either side


class Earlier:
    """Knows all pull requests that landed by when they did, and which of them say that they go together."""

    def __init__(self, pulls: Iterable[Facts], landings: Iterable[Landing], joins: Iterable[Join]):
        self.landings: Mapping[Identity, Landing] = {(each.site, each.id): each for each in landings if each.is_landed}
        self.facts: dict[Identity, Facts] = {(each.site, each.id): each for each in pulls}
        self._landed: dict[tuple[str, str], list[tuple[int, str, Facts]]] = defaultdict(list)
        for identity, each in self.facts.items():
            if landing := self.landings.get(identity):
                self._landed[each.site, each.project].append((landing.at or 0, each.id, each))
        for landed in self._landed.values():
            landed.sort(key=lambda told: told[:2])
        self._with: dict[Identity, set[Identity]] = defaultdict(set)
        for join in joins:
            self._with[join.change].add(join.earlier)
            self._with[join.earlier].add(join.change)

    def is_choice(self, join: Join) -> bool:
        """Tells whether both are pull requests that landed, of one repository, the earlier one proposed before."""
        one, other = self.facts.get(join.change), self.facts.get(join.earlier)
        if one is None or other is None or not {join.change, join.earlier} <= self.landings.keys():
            return False
        return (one.site, one.project) == (other.site, other.project) and (other.created or 0) < (one.created or 0)

    def others(self, join: Join, most: int) -> list[Facts]:
        """Gives changes that landed within a week of the right one: those with most words of its title first.

        None of them says that it goes with either, has the same title, or was proposed after the change that asks.
        """
        change, right = self.facts[join.change], self.facts[join.earlier]
        landed, at = self._landed[right.site, right.project], self.landings[join.earlier].at or 0
        place = bisect_left(landed, (at, right.id), key=lambda told: told[:2])
        related = {join.change, join.earlier} | self._with[join.change] | self._with[join.earlier]
        titles = {plain(change.title), plain(right.title)}
        words = set(each_word(right.title.lower()))
        found = [
            (len(words.intersection(each_word(each.title.lower()))), abs(when - at), each)
            for when, _, each in landed[max(0, place - _NEAR) : place + _NEAR]
            if abs(when - at) <= WEEK
            and (each.site, each.id) not in related
            and plain(each.title) not in titles
            and (each.created or 0) < (change.created or 0)
        ]
        found.sort(key=lambda told: (-told[0], told[1], told[2].id))
        return [each for _, _, each in found[:most]]
