"""Numbers and times as a person reads them at a glance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_DAY: Final = 86_400


def clock(at: float, now: float) -> str:
    """A time of UTC, with its day if that is another one than today's."""
    moment, today = (datetime.fromtimestamp(each, UTC) for each in (at, now))
    return moment.strftime("%H:%M:%S" if moment.date() == today.date() else "%Y-%m-%d %H:%M")


def ago(at: float | None, now: float, never: str = "never") -> str:
    if at is None:
        return never
    return "just now" if now - at < 2 else f"{lasting(_whole(now - at))} ago"


def ahead(at: float | None, now: float) -> str:
    if at is None:
        return "–"
    return "now" if at - now < 1 else f"in {lasting(_whole(at - now))}"


def lasting(seconds: float) -> str:
    """0.4 s, 12 s, 5 min, 3 h 20 min, 2 d 4 h."""
    seconds = max(0.0, seconds)
    if seconds < 9.95 and seconds != int(seconds):
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min"
    if whole < _DAY:
        return _two(whole // 3_600, "h", whole % 3_600 // 60, "min")
    return _two(whole // _DAY, "d", whole % _DAY // 3_600, "h")


def _whole(seconds: float) -> float:
    return float(int(seconds))


def _two(large: int, unit: str, small: int, part: str) -> str:
    return f"{large} {unit} {small} {part}" if small else f"{large} {unit}"


def size(many: int) -> str:
    """Bytes: 532 bytes, 12.3 kB, 4.56 MB."""
    for power, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if many >= power:
            return f"{many / power:.3g} {unit}" if many < 1000 * power else f"{many / power:,.0f} {unit}"
    return f"{many} bytes"


def counted(many: int, one: str, several: str = "") -> str:
    """1 issue, 2 issues."""
    return f"{many:,} {one if many == 1 else several or one + 's'}"
