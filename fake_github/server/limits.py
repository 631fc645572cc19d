"""How much may be asked: so many requests and points an hour, and not too many at once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fake_github.exchange import Answer, error


@dataclass(slots=True)
class Limit:
    """`most` in each window of `seconds`, which begins with the first that is taken."""

    most: int
    seconds: float
    resource: str = "core"
    left: int = field(init=False)
    until: float = field(default=0.0, init=False)
    refused: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.left = self.most

    def take(self, now: float, cost: int = 1) -> bool:
        """Takes from what is left, and tells whether there was enough; one that was refused counts."""
        if now >= self.until:
            self.left, self.until = self.most, now + self.seconds
        if self.left < cost:
            self.refused += 1
            return False
        self.left -= cost
        return True

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.most),
            "X-RateLimit-Remaining": str(max(self.left, 0)),
            "X-RateLimit-Used": str(self.most - self.left),
            "X-RateLimit-Reset": str(-int(-self.until // 1)),
            "X-RateLimit-Resource": self.resource,
        }

    def reset_at(self) -> str:
        return datetime.fromtimestamp(-int(-self.until // 1), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def exceeded(self) -> Answer:
        return error(403, "API rate limit exceeded. Check out the documentation for more details.")


@dataclass(slots=True)
class Secondary:
    """After `burst` requests everything is refused for `seconds`; 0: there is no such limit.

    `early` counts what was asked while that lasted, though it was told.
    """

    burst: int
    seconds: float
    silent: bool = False
    count: int = 0
    until: float = 0.0
    early: int = 0

    def refuses(self, now: float) -> Answer | None:
        """Counts a request, and gives the refusal where one is due."""
        if now < self.until:
            self.early += 1
            return self._answer(self.until - now)
        self.count += 1
        if self.burst and self.count > self.burst:
            self.count, self.until = 0, now + self.seconds
            return self._answer(self.seconds)
        return None

    def _answer(self, seconds: float) -> Answer:
        refused = error(403, "You have exceeded a secondary rate limit. Please wait before you try again.")
        headers = {} if self.silent else {"Retry-After": str(-int(-seconds // 1))}
        return Answer(refused.body, 403, headers)


def now() -> float:
    """The time by the sandbox's clock, in seconds since 1970."""
    return time.time()
