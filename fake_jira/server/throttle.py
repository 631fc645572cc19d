"""A token bucket for all visitors together → whether a request may pass, and what the rate headers say."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fake_jira.exchange import HTML, Answer, answer

_TOMCAT = (
    b'<!doctype html><html lang="en"><head><title>HTTP Status 429 - Too Many Requests</title></head><body>'
    b"<h1>HTTP Status 429 - Too Many Requests</h1><p><b>Message</b> Rate limit exceeded.</p></body></html>"
)


@dataclass(slots=True)
class Bucket:
    """`size` requests in `seconds`, filled up evenly."""

    size: int
    seconds: float
    level: float = field(init=False)
    seen: float = field(default=-math.inf, init=False)

    def __post_init__(self) -> None:
        self.level = float(self.size)

    def take(self, now: float) -> bool:
        self.level = min(self.size, self.level + (now - self.seen) * self.size / self.seconds)
        self.seen = now
        if self.level < 1:
            return False
        self.level -= 1
        return True

    def wait(self) -> int:
        """Whole seconds until the next request may pass."""
        return 0 if self.level >= 1 else math.ceil((1 - self.level) * self.seconds / self.size)


def server_headers(bucket: Bucket) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(bucket.size),
        "X-RateLimit-Remaining": str(int(bucket.level)),
        "X-RateLimit-Interval-Seconds": str(math.ceil(bucket.seconds)),
        "X-RateLimit-FillRate": str(bucket.size),
        "retry-after": str(bucket.wait()),
    }


def cloud_headers(bucket: Bucket) -> dict[str, str]:
    reset = datetime.now(UTC) + timedelta(seconds=bucket.wait())
    found = {
        "X-RateLimit-Limit": str(bucket.size),
        "X-RateLimit-Remaining": str(int(bucket.level)),
        "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%MZ"),
        "X-RateLimit-NearLimit": str(bucket.level < bucket.size / 5).lower(),
    }
    if bucket.wait():
        found |= {"Retry-After": str(bucket.wait()), "RateLimit-Reason": "jira-burst-based"}
    return found


def too_many(headers: dict[str, str], chance: random.Random) -> Answer:
    """429, sometimes as JSON and sometimes as the page of the web server in front."""
    if chance.random() < 0.5:
        return Answer(_TOMCAT, 429, headers, HTML)
    return answer({"message": "Rate limit exceeded."}, 429, **headers)
