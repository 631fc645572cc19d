"""A condition and an order → the issues of one page and the total, at a cost close to the size of the page."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from fake_jira.data.corpus import Corpus
from fake_jira.data.stored import FACETS, PRESENT, Stored
from fake_jira.data.timeline import Timeline
from fake_jira.jql.conditions import EVER, Condition, Span
from fake_jira.jql.grammar import Sort, WrongQuery

_DATES = ("created", "updated")
_NAMES = {
    "id": "key",
    "issue": "key",
    "issuekey": "key",
    "type": "issuetype",
    "createddate": "created",
    "updateddate": "updated",
    "components": "component",
}
_UNSORTABLE = ("text", "comment")
NEWEST_KEY_FIRST = (Sort("key", True),)


class Found(NamedTuple):
    total: int
    issues: list[Stored]


def ordering(sorts: Sequence[Sort]) -> tuple[Sort, ...]:
    """The same order by canonical names; an order that Jira does not know is refused in its words."""
    known = {"key", "created", "updated", "project", "summary", *FACETS}
    renamed = [Sort(_NAMES.get(sort.field.lower(), sort.field.lower()), sort.descending) for sort in sorts]
    complaints = [
        f"Not able to sort using field '{asked.field}'."
        if sort.field in _UNSORTABLE
        else f"Field '{asked.field}' does not exist or you do not have permission to view it."
        for asked, sort in zip(sorts, renamed, strict=True)
        if sort.field not in known
    ]
    if complaints:
        raise WrongQuery(*complaints)
    return tuple(renamed) or NEWEST_KEY_FIRST


def search(
    corpus: Corpus,
    visible: frozenset[str],
    condition: Condition,
    order: tuple[Sort, ...],
    start: int,
    size: int,
    chance: random.Random,
    lexical_keys: bool = False,
) -> Found:
    """`order` comes from `ordering`. Issues that it leaves equal come in an order drawn from `chance`."""
    wanted = _timeline(order, lexical_keys)
    taken, issues, first, last = _candidates(corpus, visible, condition, wanted or "created")
    total = last - first
    if not size or start >= total:
        return Found(total, [])
    if taken == wanted:
        return Found(total, _slice(issues, first, last, order, start, size, chance))
    return Found(total, _sorted(issues[first:last], order, chance, lexical_keys)[start : start + size])


class Stretch(NamedTuple):
    """Issues in the order of one timeline, those from `first` to `last` meeting the condition."""

    order: str
    issues: list[Stored]
    first: int
    last: int


def _candidates(corpus: Corpus, visible: frozenset[str], condition: Condition, wanted: str) -> Stretch:
    """In the wanted order, unless the other date leaves fewer issues to look at."""
    projects = visible if condition.projects is None else visible & condition.projects
    if condition.ids is not None:
        named = filter(None, map(corpus.indexed, condition.ids))
        able = (issue for issue in named if issue.project in projects and issue.state == PRESENT)
        matching = Timeline.of(wanted, filter(condition.holds, able)).issues
        return Stretch(wanted, matching, 0, len(matching))
    bounds = {date: bound for date in _DATES if (bound := getattr(condition, date)) != EVER}
    stretches = [_stretch(corpus.timeline(projects, order), bounds) for order in {wanted: 0, **bounds}]
    best = min(stretches, key=lambda stretch: stretch.last - stretch.first)
    if condition.tests or bounds.keys() - {best.order}:
        matching = list(filter(condition.holds, best.issues[best.first : best.last]))
        return Stretch(best.order, matching, 0, len(matching))
    return best


def _stretch(timeline: Timeline, bounds: dict[str, Span]) -> Stretch:
    first, last = timeline.between(*bounds.get(timeline.order, EVER))
    return Stretch(timeline.order, timeline.issues, first, max(first, last))


def _timeline(order: tuple[Sort, ...], lexical_keys: bool) -> str | None:
    """The timeline that has this order already, from either end."""
    field = order[0].field
    if field == "key":
        return None if lexical_keys else "key"
    if field not in _DATES or len(order) == 1:
        return field if field in _DATES else None
    follows = order[1].field == "key" and order[1].descending == order[0].descending and not lexical_keys
    return field if follows else None


def _slice(
    issues: list[Stored], first: int, last: int, order: tuple[Sort, ...], start: int, size: int, chance: random.Random
) -> list[Stored]:
    if order[0].descending:
        begin, end = max(first, last - start - size), last - start
    else:
        begin, end = first + start, min(last, first + start + size)
    exact = len(order) > 1 or order[0].field == "key"
    page = issues[begin:end] if exact else _shuffled(issues, first, last, begin, end, order[0].field, chance)
    return page[::-1] if order[0].descending else page


def _shuffled(
    issues: list[Stored], first: int, last: int, begin: int, end: int, date: str, chance: random.Random
) -> list[Stored]:
    """The stretch from begin to end, where issues of one instant are shuffled, with those just outside it too."""
    when = _key(date, False)
    left, right = begin, end
    while left > first and when(issues[left - 1]) == when(issues[begin]):
        left -= 1
    while right < last and when(issues[right]) == when(issues[end - 1]):
        right += 1
    mixed: list[Stored] = []
    for _, tied in groupby(issues[left:right], when):
        group = list(tied)
        chance.shuffle(group)
        mixed += group
    return mixed[begin - left : end - left]


def _sorted(issues: list[Stored], order: tuple[Sort, ...], chance: random.Random, lexical_keys: bool) -> list[Stored]:
    if all(sort.field != "key" for sort in order):
        chance.shuffle(issues)
    for sort in reversed(order):
        issues.sort(key=_key(sort.field, lexical_keys), reverse=sort.descending)
    return issues


def _key(field: str, lexical_keys: bool) -> Callable[[Stored], Any]:
    if field == "key":
        return (lambda issue: issue.key) if lexical_keys else (lambda issue: (issue.project, issue.number))
    if field in FACETS:
        at = FACETS.index(field)
        return lambda issue: issue.facets[at]
    return lambda issue: getattr(issue, field)
