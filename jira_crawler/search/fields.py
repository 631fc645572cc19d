"""Which fields a question may name, and what each of them takes."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from jira_crawler.search.document import tag
from jira_crawler.search.query import Between, Query, Tags, Text, Words
from jira_crawler.search.tokens import code_name, words

TEXTS: Final[dict[str, Text]] = {
    "title": "title",
    "description": "description",
    "comment": "comments",
    "code": "names",
}
EXACT: Final = (
    *("key", "id", "project", "status", "type", "priority", "resolution", "label", "component", "language"),
    *("reporter", "assignee", "commenter", "site", "cluster"),
)
TIMES: Final = ("created", "updated", "seen")
FIELDS: Final = (*TEXTS, *EXACT, "quality", "month", *TIMES)
FACETS: Final = ("project", "status", "type", "month", "language")
_NUMBER: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,9})?|\.[0-9]{1,9}")
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?Z?)?)?)?")
_LAST_YEAR: Final = 2999
_RANGED: Final = ("quality", "month", *TIMES)


class Wrong(ValueError):
    """A value that a field does not take; the text completes a sentence."""


def takes_ranges(field: str) -> bool:
    """Whether a field has an order that a question can use."""
    return field in _RANGED


def equal(field: str, value: str) -> Query:
    """Makes the question for what has a value in a field; raises Wrong where the field has no such values."""
    if field == "code":
        if not (name := code_name(value)):
            raise Wrong(f"{value!r} is no name of code")
        return Words((name,), ("names",))
    if field in TEXTS:
        if not (found := tuple(words(value))):
            raise Wrong(f"there is no word in {value!r}")
        return Words(found, (TEXTS[field],))
    if field in EXACT:
        if not value.strip():
            raise Wrong(f"{field} needs a value")
        return Tags((tag(field, value),))
    low, high = bounds(field, value)
    return _between(field, low, high)


def between(field: str, low: str | None, high: str | None, *, with_low: bool = True, with_high: bool = True) -> Query:
    """Makes the question for what is from a value up to another one; None is no limit. Raises Wrong."""
    if not takes_ranges(field):
        raise Wrong(f"{field} has no order: ranges are of {', '.join(_RANGED)}")
    first = last = None
    if low is not None:
        begin, end = bounds(field, low)
        first = begin if with_low else _next(field, end)
    if high is not None:
        begin, end = bounds(field, high)
        last = end if with_high else _before(field, begin)
    return _between(field, first, last)


def bounds(field: str, value: str) -> tuple[float, float]:
    """Gives the first and the last moment (ms) that a date means, or a number twice; raises Wrong."""
    if field == "quality":
        if not _NUMBER.fullmatch(value):
            raise Wrong(f"{value!r} is no number such as 0.7, which quality takes")
        return float(value), float(value)
    return moments(field, value)


def moments(field: str, value: str) -> tuple[float, float]:
    """Gives the first and the last ms of a year, a month, a day, a minute … of UTC."""
    found = _DATE.fullmatch(value)
    parts = [int(part) for part in found.groups() if part is not None] if found else []
    if not parts or parts[0] > _LAST_YEAR or (field == "month" and len(parts) > 2):
        example = (
            "month such as 2026-03" if field == "month" else "date such as 2026-03, 2026-03-01 or 2026-03-01T08:00"
        )
        raise Wrong(f"{value!r} is no {example}, which {field} takes")
    given: list[int | None] = [*parts, *[None] * (7 - len(parts))]
    year, month, day, hour, minute, second, fraction = given
    try:
        begin = datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
    except ValueError as error:
        raise Wrong(f"{value!r} is no day or time that there is") from error
    at = calendar.timegm(begin.timetuple()) * 1000
    if fraction is not None:
        at += int(f"{found[7] if found else '':0<3}")
        return float(at), float(at)
    return float(at), float(_end(begin, len(parts)) - 1)


def _end(begin: datetime, parts: int) -> int:
    """The ms at which the year, month, day, minute or second that begins then is over."""
    if parts == 1:
        return _year(begin.year + 1)
    if parts == 2:
        after = (begin.year + 1, 1) if begin.month == 12 else (begin.year, begin.month + 1)
        return calendar.timegm((*after, 1, 0, 0, 0)) * 1000
    length = {3: timedelta(days=1), 5: timedelta(minutes=1), 6: timedelta(seconds=1)}[parts]
    return calendar.timegm(begin.timetuple()) * 1000 + int(length.total_seconds()) * 1000


def _year(year: int) -> int:
    return calendar.timegm((year, 1, 1, 0, 0, 0)) * 1000


def _between(field: str, low: float | None, high: float | None) -> Between:
    return Between("created" if field == "month" else field, low, high)


def _next(field: str, value: float) -> float:
    return value + (1e-9 if field == "quality" else 1)


def _before(field: str, value: float) -> float:
    return value - (1e-9 if field == "quality" else 1)
