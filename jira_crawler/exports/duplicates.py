"""Pairs of whole reports: duplicates as people linked them, and beside each an issue that only looks like one.

A line of a feed knows the other issue's title and no more. An export has all issues before it: it finds the other
report, and for each duplicate one hard negative, which is of the same project and component, has the most telling words
of the title in common, is in no way related, and is in the same split. A duplicate without one is left out, so that
there are as many of the one as of the other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from math import fsum, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jira_crawler.exports.groups import SEPARATOR, token
from jira_crawler.exports.source import Entry
from jira_crawler.exports.turns import report
from jira_crawler.tasks.duplicate_detection import says_so
from jira_crawler.tasks.prompts import REPORT_WORDS
from jira_crawler.text.words import each_word, has_words, words

SAME: Final = "duplicate"
NEAR: Final = 0.15  # of two titles' words, by how rare they are, that a hard negative shares at least …
TOO_NEAR: Final = 0.8  # … and from which on it may be a duplicate that nobody has linked
_KEY: Final = re.compile(r"\b[A-Z][A-Z0-9_]{1,20}-[1-9]\d*\b")
_NEVER: Final = "~"  # behind every date
_COMMON: Final = 0.1  # words of more titles of a project than this share find nobody …
_FEW: Final = 50  # … but for words of so few titles


@dataclass(frozen=True, slots=True)
class Pair:
    """An issue, its duplicate, and one that is none, by their places in the order of the feeds."""

    anchor: int
    positive: int
    negative: int


@dataclass(slots=True)
class Known:
    """What is kept of an issue while the feeds are read."""

    key: int
    names: frozenset[int]  # the keys that stand in the report
    number: int
    project: str
    components: frozenset[str]
    title: frozenset[str]
    cluster: int
    updated: str
    wanted: bool


@dataclass(slots=True)
class Reports:
    """Takes every issue in the order of the feeds; some hundred bytes an issue stay in memory."""

    issues: list[Known] = field(default_factory=list)
    linked: list[tuple[int, int]] = field(default_factory=list)

    def add(self, entry: Entry, number: int, *, wanted: bool) -> None:
        """Takes the next issue; one that is not `wanted` takes its place and is in no pair."""
        at, about = len(self.issues), entry.about
        text = report(entry)
        key = token(f"{about['site']} {about['issue_key']}")
        names = frozenset(token(f"{about['site']} {name}") for name in set(_KEY.findall(text)))
        components = frozenset(filter(None, about["components"].split(SEPARATOR)))
        title = frozenset(each_word(words(text.partition("\n")[0])))
        whole = wanted and has_words(text, REPORT_WORDS) and not says_so(text)
        near, updated = token(about["cluster"]), about["updated"]
        self.issues.append(Known(key, names, number, about["project"], components, title, near, updated, whole))
        for sample in entry.samples:
            if sample.task_type == "duplicate_detection" and sample.output == SAME:
                other = sample.id.rpartition(f"-{sample.example_type}-")[2]
                self.linked.append((at, token(f"{about['site']} {other}")))

    def join(self, others: Reports) -> None:
        """Takes the issues that somebody else has taken, behind its own."""
        before = len(self.issues)
        self.issues += others.issues
        self.linked += [(before + at, key) for at, key in others.linked]

    def pairs(self, roots: NDArray[np.int64], splits: NDArray[np.int8], until: dict[int, str]) -> dict[int, list[Pair]]:
        """Finds all pairs, by the place of the later report, which is the one that is compared.

        `until` has for a split the date up to which it may know anything: a link is as old as its newer end's change.
        """
        neighbours = _Neighbours(self.issues)
        found: dict[int, list[Pair]] = defaultdict(list)
        for anchor, positive in self._duplicates(splits, until):
            near = neighbours.of(anchor, roots, splits, {pair.negative for pair in found[anchor]})
            if near is not None:
                found[anchor].append(Pair(anchor, positive, near))
        return {anchor: several for anchor, several in found.items() if several}

    def _duplicates(self, splits: NDArray[np.int8], until: dict[int, str]) -> list[tuple[int, int]]:
        """Each two that are linked once, the later one first; not those whose texts are nearly the same anyway."""
        both, places = set(), {known.key: at for at, known in enumerate(self.issues)}
        for at, key in self.linked:
            other = places.get(key)
            if other is None or other == at:
                continue
            one, two = self.issues[at], self.issues[other]
            late = max(one.updated, two.updated) > until.get(int(splits[at]), _NEVER)
            told = one.key in two.names or two.key in one.names
            fit = one.wanted and two.wanted and one.cluster != two.cluster and splits[at] == splits[other]
            if fit and not late and not told:
                both.add((at, other) if (one.number, at) > (two.number, other) else (other, at))
        return sorted(both)


class _Neighbours:
    """Finds among the issues of a project those with titles alike."""

    def __init__(self, issues: list[Known]):
        self._issues = issues
        self._sizes: dict[str, int] = defaultdict(int)
        self._holding: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at, known in enumerate(issues):
            if known.wanted:
                self._sizes[known.project] += 1
                for word in known.title:
                    self._holding[known.project, word].append(at)

    def of(self, anchor: int, roots: NDArray[np.int64], splits: NDArray[np.int8], taken: set[int]) -> int | None:
        """The nearest issue that is in no way related; of two that are as near the one whose key has the lower hash.

        Those that are taken stand beside another duplicate of the same issue.
        """
        known = self._issues[anchor]
        best: tuple[float, int, int] | None = None
        for at in self._candidates(known):
            other = self._issues[at]
            elsewhere = known.components and not known.components & other.components
            if elsewhere or at in taken or roots[at] == roots[anchor] or splits[at] != splits[anchor]:
                continue
            near = self._near(known, other)
            if NEAR <= near < TOO_NEAR and (best is None or (-near, other.key) < best[:2]):
                best = (-near, other.key, at)
        return best[2] if best else None

    def _candidates(self, known: Known) -> set[int]:
        most = max(_FEW, _COMMON * self._sizes[known.project])
        holding = (self._holding[known.project, word] for word in known.title)
        return {at for several in holding if len(several) <= most for at in several}

    def _near(self, one: Known, other: Known) -> float:
        """The share of words that two titles have in common, each weighed by how rare it is in the project."""
        every = fsum(self._rarity(one.project, word) for word in one.title | other.title)  # in whatever order
        return fsum(self._rarity(one.project, word) for word in one.title & other.title) / every

    def _rarity(self, project: str, word: str) -> float:
        return log((1 + self._sizes[project]) / (1 + len(self._holding.get((project, word), ())))) + 1
