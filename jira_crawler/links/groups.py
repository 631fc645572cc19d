"""Issues and changes that are one fix: a change and what it fixed, its backports, what follows it and takes it back."""

from __future__ import annotations

from jira_crawler.links.index import Identity


class Groups:
    """Joins two at a time; a group is named after the first of its members, whatever came first."""

    def __init__(self) -> None:
        self._root: dict[Identity, Identity] = {}

    def join(self, one: Identity, other: Identity) -> None:
        first, second = sorted((self._find(one), self._find(other)))
        self._root[second] = first

    def name(self, of: Identity) -> str:
        site, id_ = self._find(of)
        return f"{site}-{id_}"

    def _find(self, of: Identity) -> Identity:
        at = of
        while (above := self._root.setdefault(at, at)) != at:
            self._root[at] = at = self._root[above]
        return at
