"""Dates as Jira writes them in answers and reads them in queries; an instant is epoch milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

MINUTE = 60_000
_PERIOD = re.compile(r"\s*(\d+)\s*([wdhm])")
_UNITS = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}
_LITERALS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")


def stamp(instant: int) -> str:
    """Jira's own form: milliseconds, and an offset without a colon."""
    moment = datetime.fromtimestamp(instant / 1000, UTC)
    return moment.isoformat(timespec="milliseconds")[:23] + "+0000"


def instant(text: object) -> int:
    """The instant of a date in a payload; 0 where a recording has none or an unreadable one."""
    try:
        return round(datetime.fromisoformat(str(text)).timestamp() * 1000)
    except ValueError:
        return 0


def literal(text: str, quoted: bool, zone: tzinfo, now: int, honour_ms: bool = True) -> int | None:
    """The instant that a date in a query means, or None if Jira would not read it.

    Minutes are read in the asker's zone; an unquoted number is epoch milliseconds.
    """
    if not quoted and text.lstrip("-").isdigit():
        return int(text) if honour_ms else int(text) // MINUTE * MINUTE
    for form in _LITERALS:
        try:
            return round(datetime.strptime(text.strip(), form).replace(tzinfo=zone).timestamp() * 1000)
        except ValueError:
            continue
    return _period(text, now)


def _period(text: str, now: int) -> int | None:
    sign, rest = (-1, text.strip()[1:]) if text.strip().startswith("-") else (1, text.strip().removeprefix("+"))
    if not rest or _PERIOD.sub("", rest).strip():
        return None
    minutes = sum(int(number) * _UNITS[unit] for number, unit in _PERIOD.findall(rest))
    return now + sign * minutes * MINUTE
