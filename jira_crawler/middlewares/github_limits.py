"""What GitHub says about its limits: the primary one by the hour, the secondary one for too much at once, and points.

Pure: no clock but the one handed in. Times are told by GitHub's clock, and measured from the time that it says it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from jira_crawler.middlewares import rates

SPARE = 1.0  # seconds that are waited longer: resets are told in whole ones
MINUTE = 60.0  # seconds to wait where a secondary limit does not say how long
_SECONDARY = (b"secondary rate limit", b"abuse detection")
_POINTS = (b'"RATE_LIMIT"', b'"RATE_LIMITED"', b'"graphql_rate_limit"')
_LOOKED = 4_096  # bytes of an answer: what is no data is short


def refusal(status: int, headers: Mapping[str, str], body: bytes, now: float, times: int) -> float | None:
    """Gives the seconds to wait where an answer refuses because of a limit; None for any other answer.

    `times` is how often this question was refused in a row, this time included. A 403 that is no limit is an answer.
    """
    if status == 200:
        limited = body[:_LOOKED].lstrip().startswith(b"{") and any(mark in body[:_LOOKED] for mark in _POINTS)
        return max(_reset(headers, now), MINUTE) if limited and b'"errors"' in body else None
    if status not in (403, 429):
        return None
    wait = headers.get("retry-after")
    if wait is not None and (seconds := rates.retry_after(wait, now)) is not None:
        return seconds + SPARE
    if headers.get("x-ratelimit-remaining") == "0":
        return max(_reset(headers, now), SPARE)
    if status == 429 or any(mark in body[:_LOOKED] for mark in _SECONDARY):
        return MINUTE * 2.0 ** min(times - 1, 10)
    return None


def wait_after_answer(headers: Mapping[str, str], now: float) -> float:
    """Gives the seconds to wait after an answer that leaves nothing over, so that no refusal is provoked."""
    return _reset(headers, now) if headers.get("x-ratelimit-remaining") == "0" else 0.0


def _reset(headers: Mapping[str, str], now: float) -> float:
    """Seconds until the limit begins anew."""
    told = headers.get("x-ratelimit-reset", "")
    if not told.isdecimal() or len(told) > 12:
        return 0.0
    try:
        theirs = parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        theirs = now
    return max(0.0, int(told) - theirs) + SPARE
