"""Which requests go wrong, and how: drawn from a seed, and bounded so that a patient crawler always gets through."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import NamedTuple
from zlib import crc32

from fake_jira.exchange import Request
from fake_server import BadOption

DAY = 86_400  # seconds; nothing is slower
NAMES = (
    "close",
    "error500",
    "error502",
    "error503",
    "truncated",
    "badjson",
    "html200",
    "redirect302",
    "slow",
    "rate429",
    "token_loop",
    "early_end",
    "stale_token",
    "maintenance",
    "half_page",
    "login_form",
    "other_markup",
)
_NEEDS_TOKEN = ("token_loop", "stale_token")
_ONLY_PAGES = ("maintenance", "half_page", "login_form", "other_markup")


class Fault(NamedTuple):
    """`value` depends on the name: seconds of `slow`, Retry-After of `rate429` and `error503`, way of `truncated`,
    status of `maintenance`."""

    name: str
    value: str = ""


@dataclass(slots=True)
class Faults:
    """May be changed while the sandbox runs. The same request is hit at most `in_a_row` times in a row, unless faults
    are `persistent`: then a request that is hit once is hit always. After `ban_after` requests all are refused."""

    rates: dict[str, float] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    seed: int = 0
    persistent: bool = False
    in_a_row: int = 1
    ban_after: int = 0
    served: int = 0
    chance: random.Random = field(init=False)
    _hits: dict[int, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def banned(self) -> bool:
        self.served += 1
        return 0 < self.ban_after < self.served

    def draw(self, request: Request) -> Fault | None:
        """At most one fault for this request."""
        key = crc32(
            repr((request.method, request.path, sorted(request.query.items()), request.body)).encode(), self.seed
        )
        if not self.persistent and self._hits.get(key, 0) >= self.in_a_row:
            del self._hits[key]
            return None
        for name, rate in self.rates.items():
            if not _concerns(name, request):
                continue
            drawn = crc32(name.encode(), key) / 2**32 if self.persistent else self.chance.random()
            if drawn < rate:
                self._hits[key] = self._hits.get(key, 0) + 1
                return Fault(name, self.values.get(name, ""))
        self._hits.pop(key, None)
        return None


def read(switches: list[str], seed: int = 0, persistent: bool = False, ban_after: int = 0) -> Faults:
    """Switches such as `close=0.05` or `slow=0.1:3`."""
    faults = Faults(seed=seed, persistent=persistent, ban_after=ban_after)
    for switch in switches:
        name, _, rest = switch.partition("=")
        rate, _, value = rest.partition(":")
        if name not in NAMES:
            raise BadOption(f"There is no fault called {name!r}; there are {', '.join(NAMES)}.")
        try:
            faults.rates[name] = float(rate)
            if name == "slow" and value and not 0 <= float(value) <= DAY:
                raise ValueError
            if name == "maintenance" and value and not 200 <= int(value) <= 599:
                raise ValueError
        except ValueError:
            raise BadOption(
                f"--fault {switch}: write NAME=RATE or NAME=RATE:VALUE, numbers as in slow=0.1:3."
            ) from None
        if not 0 <= faults.rates[name] <= 1:
            raise BadOption(f"--fault {switch}: a rate lies between 0 and 1.")
        faults.values[name] = value
    return faults


def _concerns(name: str, request: Request) -> bool:
    """Whether this kind of fault can befall such a request at all."""
    if name in _ONLY_PAGES:
        return request.path.startswith("/browse/")
    return name not in _NEEDS_TOKEN or _continues(request)


def _continues(request: Request) -> bool:
    """Whether this asks for a later page by token, in its address or its body."""
    return "nextPageToken" in request.query or b'"nextPageToken"' in request.body
