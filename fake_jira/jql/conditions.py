"""What an issue must be. Bounds on project, dates and ids stand apart from the other tests, so that a search can start
at the right place of a timeline instead of looking at every issue."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from fake_jira.data.stored import Stored

Test = Callable[[Stored], bool]
T = TypeVar("T", str, int)
Span = tuple[float, float]
EVER: Span = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Condition:
    projects: frozenset[str] | None = None
    ids: frozenset[int] | None = None
    created: Span = EVER
    updated: Span = EVER
    tests: tuple[Test, ...] = ()

    def holds(self, issue: Stored) -> bool:
        return (
            (self.projects is None or issue.project in self.projects)
            and (self.ids is None or issue.id in self.ids)
            and self.created[0] <= issue.created <= self.created[1]
            and self.updated[0] <= issue.updated <= self.updated[1]
            and all(test(issue) for test in self.tests)
        )

    def __and__(self, other: Condition) -> Condition:
        return Condition(
            _common(self.projects, other.projects),
            _common(self.ids, other.ids),
            (max(self.created[0], other.created[0]), min(self.created[1], other.created[1])),
            (max(self.updated[0], other.updated[0]), min(self.updated[1], other.updated[1])),
            self.tests + other.tests,
        )

    def __or__(self, other: Condition) -> Condition:
        return Condition(tests=(lambda issue: self.holds(issue) or other.holds(issue),))

    def __invert__(self) -> Condition:
        return Condition(tests=(lambda issue: not self.holds(issue),))


ALL = Condition()
NONE = Condition(ids=frozenset())


def _common(one: frozenset[T] | None, other: frozenset[T] | None) -> frozenset[T] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def joined(join: Callable[[Condition, Condition], Condition], parts: list[Condition]) -> Condition:
    found = parts[0]
    for part in parts[1:]:
        found = join(found, part)
    return found


def union(sets: list[frozenset[T] | None]) -> frozenset[T] | None:
    given = [one for one in sets if one is not None]
    return frozenset().union(*given) if given else None


def passing(test: Test) -> Condition:
    return Condition(tests=(test,))


def span(comparison: str, instant: int) -> Span:
    match comparison:
        case "<":
            return -math.inf, instant - 1
        case "<=":
            return -math.inf, instant
        case ">":
            return instant + 1, math.inf
        case ">=":
            return instant, math.inf
    return instant, instant


def within(date: str, span: Span) -> Condition:
    return replace(ALL, created=span) if date == "created" else replace(ALL, updated=span)
