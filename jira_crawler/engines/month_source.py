"""The issues of a month, wherever it is made: what feeds say of them is read by who has these, and told to others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from jira_crawler.store.rows import Row
from jira_crawler.store.store import Store
from jira_crawler.tables.extract import StoredIssue
from jira_crawler.tables.source import Abouts, IssueSource

_TOLD = "quality", "language"  # all that tables take from feeds
_SAID = msgspec.msgpack.Decoder(list[tuple[str, str, dict[str, Any]]])


class Telling(IssueSource):
    """Reads store and feeds, and keeps what feeds say."""

    def __init__(self, source: IssueSource):
        super().__init__(source.store, source.folder)
        self._said: list[tuple[str, str, dict[str, Any]]] = []

    def abouts(self, rows: Sequence[Row]) -> Abouts:
        found = super().abouts(rows)
        self._said += [(*identity, {name: about.get(name) for name in _TOLD}) for identity, about in found.items()]
        return found

    def said(self) -> bytes:
        """Gives what feeds said of all that was read since the last time."""
        said, self._said = sorted(self._said, key=lambda each: each[:2]), []
        return msgspec.msgpack.encode(said)


class Told(IssueSource):
    """Reads a store, and takes what feeds say from somebody who has read them."""

    def __init__(self, store: Store, said: bytes):
        self.store = store  # and no folder: nothing is looked up in one
        self._said = {(site, id_): about for site, id_, about in _SAID.decode(said)}

    def abouts(self, rows: Sequence[Row]) -> Abouts:
        return {row.identity: self._said[row.identity] for row in rows if row.identity in self._said}


class Reading:
    """Sums issues up as they go by, payloads and histories included."""

    def __init__(self) -> None:
        self.numbers: dict[str, tuple[int, int]] = {}
        self._hash = hashlib.sha256()

    def passing(self, issues: Iterable[list[StoredIssue]]) -> Iterator[list[StoredIssue]]:
        """Gives what it is given."""
        for some in issues:
            for issue in some:
                first, last = self.numbers.get(issue.site, (issue.number, issue.number))
                self.numbers[issue.site] = min(first, issue.number), max(last, issue.number)
                self._hash.update(msgspec.msgpack.encode(issue))
            yield some

    @property
    def fingerprint(self) -> str:
        """Another one as soon as anything that tables are made of is another."""
        return self._hash.hexdigest()
