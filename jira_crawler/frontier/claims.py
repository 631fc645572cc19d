"""Which delivery is worked off by which process of a live crawl: one at a time, as long as it shows that it lives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from redis.exceptions import RedisError

from jira_crawler.frontier.fleet import Fleet
from jira_crawler.frontier.protocol import losing
from jira_crawler.frontier.redis_frontier import script

_MOST = 1_000  # numbers that one script is given
_kept = losing(RedisError)


class Claims:
    """The numbers of deliveries that this worker holds. Raises FrontierLost where Redis is away for too long.

    A claim ends with the delivery, or with the signs of life of whoever holds it: after a kill, or a silence of
    LEASE_SECONDS, others may take it. Redis' clock says when that is.
    """

    def __init__(self, fleet: Fleet):
        self.fleet = fleet
        self._scripts = {name: script(fleet.server, name) for name in ("claim", "drop")}

    def _run(self, name: str, *numbers: int) -> list[str]:
        found: Any = self._scripts[name](keys=[self.fleet.stem], args=[self.fleet.frontier.worker, *numbers])
        return list(found) if name == "claim" else []

    @_kept
    def take(self, numbers: Iterable[int]) -> set[int]:
        """Claims deliveries; gives those that are ours by now."""
        wanted, taken = list(numbers), set[int]()
        for at in range(0, len(wanted), _MOST):
            taken.update(map(int, self._run("claim", *wanted[at : at + _MOST])))
        return taken

    @_kept
    def drop(self, numbers: Iterable[int]) -> None:
        """Lets go of deliveries that are done, or are to be somebody else's."""
        held = list(numbers)
        for at in range(0, len(held), _MOST):
            self._run("drop", *held[at : at + _MOST])

    @_kept
    def tidy(self) -> None:
        """Takes out what those hold who fell silent; what is done by now would stay for ever."""
        self._run("drop")
