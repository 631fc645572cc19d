"""What an answer's headers say about how long to wait and how fast to ask. Pure: no clock but the one handed in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

MARGIN = 1.1  # of the time between two requests: what leaves evenly does not arrive evenly
FASTEST = 0.001  # seconds between two requests: whoever allows more limits nothing


def retry_after(text: str, now: float) -> float | None:
    """Reads a Retry-After of seconds or an HTTP date (RFC 9110, 10.2.3) as seconds from `now`; None if unreadable."""
    text = text.strip()
    if text.replace(".", "", 1).isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def wait_after_refusal(headers: Mapping[str, str], now: float, own: float) -> float:
    """Gives the seconds to wait after a 429: the longest of what the headers ask for and our own back-off.

    Data Center sends `retry-after: 0` with a 429 and tells how its bucket fills; Cloud may send only the time of its
    reset. Names are in lower case.
    """
    asked = [own, _refill(headers), _reset(headers, now)]
    if wait := headers.get("retry-after"):
        asked.append(retry_after(wait, now) or 0.0)
    return max(asked)


def wait_after_answer(headers: Mapping[str, str], now: float) -> float:
    """Gives the seconds to wait after a good answer that leaves nothing over, so that no refusal is provoked.

    Data Center: X-RateLimit-Remaining 0, until its bucket holds a token again. Cloud: until X-RateLimit-Reset, or one
    second where X-RateLimit-NearLimit warns.
    """
    if headers.get("x-ratelimit-remaining") == "0":
        return max(_refill(headers), _reset(headers, now))
    return 1.0 if headers.get("x-ratelimit-nearlimit", "").lower() == "true" else 0.0


def pace(headers: Mapping[str, str]) -> float:
    """Gives the seconds between two requests that a site allows which says that nothing is left, with a margin.

    0 where the headers do not tell: with something left over, it is not this limit that we have come to.
    """
    pace = _refill(headers) * MARGIN if headers.get("x-ratelimit-remaining", "0") == "0" else 0.0
    return pace if FASTEST <= pace < math.inf else 0.0


def _refill(headers: Mapping[str, str]) -> float:
    """Seconds until one more request may pass."""
    interval = _number(headers, "x-ratelimit-interval-seconds")
    if "x-ratelimit-fillrate" in headers:
        rate = _number(headers, "x-ratelimit-fillrate")
    else:
        rate = _number(headers, "x-ratelimit-limit")
    return interval / rate if rate > 0 else interval


def _number(headers: Mapping[str, str], name: str) -> float:
    """A number of a header; 0 where there is none that makes sense."""
    try:
        number = float(headers.get(name, "0"))
    except ValueError:
        return 0.0
    return number if 0 < number < math.inf else 0.0


def _reset(headers: Mapping[str, str], now: float) -> float:
    try:
        return max(0.0, datetime.fromisoformat(headers["x-ratelimit-reset"]).timestamp() - now)
    except (KeyError, ValueError, OverflowError):
        return 0.0
