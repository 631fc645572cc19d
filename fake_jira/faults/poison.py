"""Issues that a server chokes on, such as a hub with thousands of links: what comes of requests that touch them."""

from __future__ import annotations

from dataclasses import dataclass, field

from fake_jira.data.corpus import Corpus
from fake_jira.exceptions import BadOption
from fake_jira.exchange import Answer
from fake_jira.faults.switches import DAY, Fault

_HOW = {"500": "error500", "slow": "hang", "truncated": "truncated"}


@dataclass(slots=True)
class Poison:
    """May be changed while the sandbox runs. `names` are keys or ids; `how` is 500, truncated, slow or slow:SECONDS.

    A page with links or history that holds such an issue fails; the issue by itself fails unless its links are left
    out or asked for alone, and always where the poison is `hard`. A page without links and history succeeds.
    """

    names: set[str] = field(default_factory=set)
    how: str = "500"
    hard: bool = False

    def __post_init__(self) -> None:
        self.fault()

    def fault(self) -> Fault:
        """Who waits to the end of a slow one finds the connection closed."""
        how, _, seconds = self.how.partition(":")
        try:
            wait = float(seconds or 60)
            if not 0 <= wait <= DAY:
                raise ValueError
            return Fault(_HOW[how], str(wait) if how == "slow" else "length")
        except (KeyError, ValueError):
            raise BadOption(f"--poison-how is 500, truncated, slow or slow:SECONDS, not {self.how!r}.") from None

    def draw(self, given: Answer, corpus: Corpus) -> Fault | None:
        """What the poison does to an answer that would be given without it."""
        if not self.names or not given.holds or not (self.hard or given.heavy):
            return None
        ids = {issue.id for name in self.names if (issue := corpus.find(name))}
        return self.fault() if any(issue.id in ids for issue in given.holds) else None
