"""Where the lines of issues are at this moment, for whoever reads feeds while they are written."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, tuple_

from jira_crawler.store.changes import Identity
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.snapshot import ENTRIES, FeedEntry, entry_of
from jira_crawler.store.tables import ONE_OF_THESE, issues, these

_PLACED = ENTRIES.where(issues.c.feed.is_not(None))
_ORDER = issues.c.site, issues.c.id


class Placed:
    """The part of the store that finds lines without keeping anybody from moving them."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def of(self, identities: Collection[Identity]) -> dict[Identity, FeedEntry]:
        """Finds those of some issues that are in a feed."""
        found: dict[Identity, FeedEntry] = {}
        for some in these(identities):
            found |= {_whose(entry): entry for entry in self._entries(_PLACED.where(ONE_OF_THESE), some)}
        return found

    @retry_on_disconnect
    def after(self, place: Identity, limit: int, projects: Collection[str] = ()) -> list[FeedEntry]:
        """Gives the next issues in any feed behind a place, by site and id; of some projects, or of all."""
        query = _PLACED.where(tuple_(*_ORDER) > place).order_by(*_ORDER).limit(limit)
        return self._entries(query.where(issues.c.project.in_(projects)) if projects else query)

    def _entries(self, query: Select[Any], asked: dict[str, Any] | None = None) -> list[FeedEntry]:
        with self.engine.connect() as connection:
            rows = connection.execute(query, asked).all()
        return [entry_of(0, *row) for row in rows]


def _whose(entry: FeedEntry) -> Identity:
    return entry.span.site, entry.span.id
