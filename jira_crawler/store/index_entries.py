"""What an index needs to know of issues beside their lines, without what was sent, which is most of a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Select, select, tuple_

from jira_crawler.store.changes import Identity
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.tables import ONE_OF_THESE, issues, these

_ORDER = issues.c.site, issues.c.id


class IndexEntry(NamedTuple):
    """An issue in a feed: where its lines are, its sketch and cluster, and since when (ms) it is as it is.

    `since` is 0 where that was not noted: then it is so since `fetched_at`.
    """

    site: str
    id: str
    feed: str
    offset: int | None
    length: int | None
    cluster: str | None
    since: int
    fetched_at: int
    minhash: bytes


_ENTRIES = select(*(issues.c[name] for name in IndexEntry._fields)).where(issues.c.feed.is_not(None))


class IndexEntries:
    """The part of the store that an index is made from."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def of(self, identities: Collection[Identity]) -> dict[Identity, IndexEntry]:
        """Finds those of some issues that are in a feed."""
        found: dict[Identity, IndexEntry] = {}
        for some in these(identities):
            found |= {entry[:2]: entry for entry in self._read(_ENTRIES.where(ONE_OF_THESE), some)}
        return found

    def chunks(self, size: int) -> Iterator[list[IndexEntry]]:
        """Gives all that are in a feed, in a fixed order, `size` at a time, each time by a query of its own."""
        query, place = _ENTRIES.order_by(*_ORDER).limit(size), ("", "")
        while chunk := self._read(query.where(tuple_(*_ORDER) > place)):
            yield chunk
            place = chunk[-1][:2]

    @retry_on_disconnect
    def _read(self, query: Select[Any], asked: dict[str, Any] | None = None) -> list[IndexEntry]:
        with self.engine.connect() as connection:
            return [IndexEntry._make(row) for row in connection.execute(query, asked)]
