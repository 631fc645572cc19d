"""Issues that a server chokes on, such as a hub with thousands of links: what comes of requests that touch them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fake_jira.data.corpus import Corpus
from fake_jira.exchange import Answer
from fake_jira.faults.switches import DAY, Fault
from fake_server import BadOption

_HOW = {"500": "error500", "slow": "hang", "truncated": "truncated"}
CASES = ("dark", "full", "hub")


@dataclass(slots=True)
class Poison:
    """May be changed while the sandbox runs. `names` are keys or ids; `how` is 500, truncated, slow or slow:SECONDS.

    A page with links or history that holds such an issue fails; the issue by itself fails unless its links are left
    out or asked for alone, and always where the poison is `hard`. A page without links and history succeeds.

    A name may say by itself how bad it is, as in DEMO-7:dark. `dark` makes a 500 of whatever tells of it, a bare list
    of ids too; `full` of what tells all of it; a `hub` takes `hub` seconds wherever its links are asked for, and does
    not come then.
    """

    names: set[str] = field(default_factory=set)
    how: str = "500"
    hard: bool = False
    hub: float = 90.0

    def __post_init__(self) -> None:
        self.fault()
        for name, case in self.cases():
            if case and case not in CASES:
                raise BadOption(f"--poison {name}:{case}: an issue is {', '.join(CASES)}, or nothing of these.")

    def cases(self) -> Iterator[tuple[str, str]]:
        """Gives what is poisoned, and how bad each one says that it is."""
        for name in self.names:
            issue, _, case = name.partition(":")
            yield issue, case

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
        if not self.names or not (given.holds or given.names):
            return None
        bad = {issue.id: case for name, case in self.cases() if (issue := corpus.find(name))}
        told = [bad[issue.id] for issue in given.holds if issue.id in bad]
        if "dark" in told or any(bad.get(issue.id) == "dark" for issue in given.names):
            return Fault(_HOW["500"])
        if "full" in told and given.heavy:
            return Fault(_HOW["500"])
        if "hub" in told and given.links:
            return Fault(_HOW["slow"], str(self.hub))
        return self.fault() if "" in told and (self.hard or given.heavy) else None
