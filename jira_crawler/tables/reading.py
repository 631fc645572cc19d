"""What of a tracker's JSON is what it should be, and None for whatever else stands there: no part spoils an issue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from jira_crawler.trackers.moments import moment

Json = dict[str, Any]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LARGEST: Final = 2**63 - 1


def text(value: Any) -> str | None:
    """Takes a text that is not empty, or the number that an id is written as."""
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def whole(value: Any) -> int | None:
    """Takes a whole number of 64 bits, also one that is written as a text."""
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.isdecimal():
        value = int(value)
    fits = isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST
    return value if fits else None


def flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[Json]:
    """Takes the objects of a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def name(value: Any) -> str | None:
    """Takes the name of what has one, such as a status."""
    return text(mapping(value).get("name"))


def names(value: Any) -> list[str]:
    """Takes the names of a list of things, such as components, or a list of texts, such as labels."""
    given = value if isinstance(value, list) else []
    found = [name(each) if isinstance(each, dict) else text(each) for each in given]
    return [each for each in found if each]


def person(value: Any) -> tuple[str | None, str | None]:
    """Gives a user's id, the same for ever, and the name that people see."""
    user = mapping(value)
    known = next((said for key in ("accountId", "key", "name") if (said := text(user.get(key)))), None)
    return known, text(user.get("displayName")) or text(user.get("name"))


@lru_cache(maxsize=4096)
def _time(said: str) -> int | None:
    read = moment(said)
    return micros(read) if read else None


def time(value: Any) -> int | None:
    """Reads a tracker's date as microseconds since 1970; None for what is none, or in no year of ours."""
    return _time(value) if isinstance(value, str) else None


def micros(moment: datetime) -> int:
    """Gives an aware time as microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def millis(value: Any) -> int | None:
    """Takes milliseconds since 1970 as microseconds."""
    ms = whole(value)
    return ms * 1000 if ms is not None and abs(ms) < _LARGEST // 1000 else None


def day(value: Any) -> date | None:
    """Reads `2025-10-26`."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None
