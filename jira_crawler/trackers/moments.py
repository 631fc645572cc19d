"""Times as trackers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=256)  # who comments, changes and resolves does it at one moment
def moment(text: str | None) -> datetime | None:
    """Reads `2025-10-26T07:31:58Z` or `…58.000+0000` as an aware datetime in UTC; None for anything else."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # no date at all, or one that is in no year of ours elsewhere
        return None


def milliseconds(text: str | None) -> int:
    """Reads a time as epoch ms; 0 for anything else."""
    at = moment(text)
    return int(at.timestamp() * 1000) if at else 0
