"""A text becomes signs: what it names, and how it means it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from jira_crawler.links import references, wording
from jira_crawler.links.facts import Sign
from jira_crawler.links.names import fitting
from jira_crawler.links.passages import excerpt, words_of

_MANY: Final = 8  # issues of one list; whoever says once that they fix more has written notes of a release
# What stands before the keys at the head of a title: `[SPARK-1][SQL]`, `fix(core): `, `[2.4] `.
_HEAD: Final = re.compile(
    r"(?:[\s\[(:\]),/&+-]|\[[\w. /-]{1,30}\]|[a-z]{2,10}(?:\([\w ,/-]{1,40}\))?!?:\s|HOTFIX|MINOR|and)*"
)
_JOINS: Final[Mapping[str, str]] = {"backport": "backport", "follow_up": "follow_up", "reverts": "reverts"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands, who wrote it and when; `kinds` are the kinds of sign of what is closed, and named there."""

    name: str
    closes: str
    mentions: str
    repository: str = ""
    actor: str = ""
    at: int | None = None
    source: str = ""
    fixed_by: str = ""  # of an issue
    link: str = ""  # of an address that is all that a line says
    code: bool = False


@dataclass(slots=True)
class Signs:
    """What was read so far; what is said twice in one place is kept once."""

    found: dict[tuple[str, str, str, str], Sign] = field(default_factory=dict)
    _said: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, kind: str, refers: str, place: Place, quoted: str) -> None:
        told = fitting(quoted[:400]), fitting(place.actor[:200])
        sign = Sign(kind, refers, place.name, *told, place.at, fitting(place.source[:200]))
        self.found.setdefault((kind, refers, place.name, place.source), sign)
        self._said.add((refers, place.name, place.source))

    def has(self, refers: str, place: Place) -> bool:
        """Tells whether something was said of a thing in a place, beside which naming it says nothing more."""
        return (refers, place.name, place.source) in self._said


def read_title(title: str, place: Place, signs: Signs, kinds: tuple[str, str, str]) -> None:
    """Keys at the head of a title are its subject; elsewhere in it they count less, and numbers only with a keyword."""
    tag, key, closes = kinds
    found = list(references.find(title, place.repository))
    keys = [each for each in found if references.key_of(each.refers)]
    end = 0
    if not keys and (loose := references.tag(title)):
        signs.add(tag, loose, place, title)
    for each in found:
        meant = wording.meaning(title[: each.start])
        at_head = _HEAD.fullmatch(title[end : each.start]) is not None
        if not references.key_of(each.refers):
            if meant == "closes" or (at_head and "#" in each.refers):
                signs.add(closes, each.refers, place, title)
            continue
        if at_head:
            end = each.end
        if len(keys) > _MANY:
            signs.add(place.mentions, each.refers, place, title)
        elif at_head:
            signs.add(tag, each.refers, place, title)
        elif meant in ("relates", "denies", "backport", "reverts", "part", "follow_up"):
            signs.add("denies" if meant == "denies" else place.mentions, each.refers, place, title)
        else:
            signs.add(key, each.refers, place, title)


def read_joins(title: str, place: Place, signs: Signs) -> None:
    """What a title says of other pull requests: `Backport #12 to 3.x`, `[2.x] Fix … (backport #12)`."""
    for each in references.find(title, place.repository):
        meant = wording.meaning(title[: each.start])
        if "#" in each.refers and meant in _JOINS:
            signs.add(_JOINS[meant], each.refers, place, title)


def read_text(text: str, place: Place, signs: Signs, own: Iterable[str] = (), *, reverts: bool = False) -> None:
    """Reads what a text says of each thing that it names; `own` are the names of who says it."""
    text = words_of(text, code=place.code)
    meant: wording.Meaning = "mentions"
    end, run, mine = -1_000, 0, set(own)
    said: list[tuple[str, str, str, int]] = []  # kind, what it is said of, in which words, in which list
    lists: Counter[int] = Counter()
    for found in references.find(text, place.repository):
        if end < 0 or not wording.goes_on(text[end : found.start]):
            meant = wording.meaning(text[max(0, found.start - 120) : found.start])
            run += 1
        end = found.end
        lists[run] += 1
        if found.refers not in mine and not (reverts and meant == "closes"):
            kind = _kind(meant, place)
            if kind == place.mentions and place.link and found.is_address and _is_alone(text, found):
                kind = place.link
            said.append((kind, found.refers, excerpt(text, found.start, found.end), run))
    for kind, refers, quoted, of in said:
        kind = place.mentions if kind == place.closes and lists[of] > _MANY else kind
        if kind != place.mentions or not signs.has(refers, place):
            signs.add(kind, refers, place, quoted)


def _kind(meant: wording.Meaning, place: Place) -> str:
    if place.fixed_by:  # an issue, in which a change is named
        return place.fixed_by if meant == "fixed_by" else place.mentions
    if meant == "closes":
        return place.closes
    return meant if meant in ("denies", "part", "follow_up", "backport", "reverts") else place.mentions


def _is_alone(text: str, found: references.Found) -> bool:
    """Tells whether a line says nothing but an address."""
    begin, end = text.rfind("\n", 0, found.start) + 1, text.find("\n", found.end)
    around = text[begin : found.start] + text[found.end : end if end >= 0 else len(text)]
    return not re.search(r"\w", around)
