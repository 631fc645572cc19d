"""What a reference means: the issue, pull request or commit that it names, among all that are known."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final

from jira_crawler.links.facts import Facts

Identity = tuple[str, str]  # site and id
_SHA: Final = 40


class Index:
    """Knows all objects by their names. A key that two trackers have means neither, unless its address is given.

    `former` are names of repositories that lead to others by now: `old/name` to `owner/name`.
    """

    def __init__(self, facts: Iterable[Facts], former: Mapping[str, str] | None = None):
        self._former = {old.lower(): new.lower() for old, new in (former or {}).items()}
        self.facts: Mapping[Identity, Facts] = {(each.site, each.id): each for each in facts}
        names: dict[str, Identity | None] = {}
        for identity, each in sorted(self.facts.items()):
            for name in each.names:
                names[name] = identity if names.get(name, identity) == identity else None
        self._names = names
        self._commits = sorted(name[1:] for name in names if name.startswith("@"))

    def find(self, refers: str) -> Facts | None:
        """Gives what a reference names; None for what is not known, or not told from another one."""
        if refers.startswith("@") and len(refers) <= _SHA:
            refers = f"@{self._whole(refers[1:])}"
        identity = self._names.get(refers) or self._names.get(self._today(refers))
        return self.facts[identity] if identity else None

    def _today(self, refers: str) -> str:
        """Writes a reference to a repository by the name that it has today."""
        place, _, number = refers.partition("#")
        host, _, name = place.partition("/")
        return f"{host}/{self._former[name]}#{number}" if name in self._former else refers

    def _whole(self, sha: str) -> str:
        """Gives the one commit whose name begins so; the same again where there is none, or more than one."""
        at = bisect_left(self._commits, sha)
        these = [each for each in self._commits[at : at + 2] if each.startswith(sha)]
        return these[0] if len(these) == 1 else sha
