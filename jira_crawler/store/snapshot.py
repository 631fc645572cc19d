"""The store as it is at one moment, however long it takes to read it, and whoever writes meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Select, func, select

from jira_crawler.store.clusters import ORDER, IssueSpan
from jira_crawler.store.rejects import rejected
from jira_crawler.store.tables import feeds, issues

_CHUNK = 1_000
_IN_A_FEED = issues.c.feed.is_not(None)
_PLACE = tuple(issues.c[name] for name in ("site", "id", "feed", "offset", "length"))
_SPAN = (*_PLACE, func.coalesce(issues.c.cluster, ""), issues.c.canned, issues.c.numbered, issues.c.replaced)
ENTRIES = select(issues.c.project, issues.c.key, issues.c.lines, *_SPAN)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An issue in a feed: where its lines are, their hash as they were made, and its place `at` among all issues."""

    at: int
    project: str
    key: str
    lines: str
    span: IssueSpan


@dataclass(frozen=True, slots=True)
class Need:
    """How many issues have their lines in a feed, how many bytes of it they take, and the last of them."""

    issues: int
    length: int
    last: FeedEntry


class Snapshot:
    """Reads everything in one transaction; what is read does not wait for anybody, nor anybody for it."""

    def __init__(self, connection: Connection):
        self.connection = connection
        self._open: list[CursorResult[Any]] = []

    def close(self) -> None:
        """Ends what somebody has begun to read."""
        for result in self._open:
            result.close()

    def feeds(self) -> dict[str, bool]:
        """Gives every feed, and whether a rewritten file is about to take its place."""
        return {row.name: row.swap is not None for row in self.connection.execute(select(feeds))}

    def needs(self) -> dict[str, Need]:
        """Says of every feed that any issue's lines are in what has to be there of it."""
        end = func.max(issues.c.offset + issues.c.length)
        query = select(issues.c.feed, func.count(), end, func.max(issues.c.offset)).where(_IN_A_FEED)
        found = self.connection.execute(query.group_by(issues.c.feed)).all()
        return {feed: Need(count, int(length), self._at(feed, offset)) for feed, count, length, offset in found}

    def _at(self, feed: str, offset: int) -> FeedEntry:
        return entry_of(
            0, *self.connection.execute(ENTRIES.where(issues.c.feed == feed, issues.c.offset == offset)).one()
        )

    def minhashes(self) -> Iterator[bytes]:
        """Gives the sketch of every issue in a feed, in the order of their numbers."""
        for row in self._rows(select(issues.c.minhash).where(_IN_A_FEED).order_by(*ORDER)):
            yield row.minhash

    def openings(self) -> Iterator[bytes]:
        """Gives the openings of the same issues in the same order."""
        for row in self._rows(select(issues.c.openings).where(_IN_A_FEED).order_by(*ORDER)):
            yield row.openings

    def people(self) -> Iterator[bytes]:
        """Gives what the people of the same issues are called in the same order."""
        for row in self._rows(select(issues.c.people).where(_IN_A_FEED).order_by(*ORDER)):
            yield row.people

    def mentions(self) -> Iterator[bytes]:
        """Gives all that the same issues may call people, in the same order."""
        for row in self._rows(select(issues.c.mentions).where(_IN_A_FEED).order_by(*ORDER)):
            yield row.mentions

    def names(self) -> Iterator[tuple[str, str]]:
        """Gives site and id of the same issues in the same order."""
        for row in self._rows(select(issues.c.site, issues.c.id).where(_IN_A_FEED).order_by(*ORDER)):
            yield row.site, row.id

    def entries(self) -> Iterator[FeedEntry]:
        """Gives the same issues project by project, each in that order; `at` is their place in the whole."""
        at = func.row_number().over(order_by=ORDER) - 1
        query = select(at, issues.c.project, issues.c.key, issues.c.lines, *_SPAN).where(_IN_A_FEED)
        for row in self._rows(query.order_by(issues.c.project, *ORDER)):
            yield entry_of(*row)

    def rejects(self) -> Iterator[dict[str, Any]]:
        yield from rejected(self.connection)

    def _rows(self, query: Select[Any]) -> Iterator[Any]:
        result = self.connection.execute(query, execution_options={"yield_per": _CHUNK})
        self._open.append(result)
        yield from result


def entry_of(at: int, project: str, key: str, lines: str, *span: Any) -> FeedEntry:
    return FeedEntry(at, project, key, lines, IssueSpan(*span))


def last_of(engine: Engine, feed: str) -> FeedEntry | None:
    """Finds the issue whose lines are the last in a feed, without reading any other."""
    query = ENTRIES.where(issues.c.feed == feed).order_by(issues.c.offset.desc()).limit(1)
    with engine.connect() as connection:
        found = connection.execute(query).first()
    return entry_of(0, *found) if found else None


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """Opens the store for reading; what others commit from now on is not seen."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with closing(Snapshot(connection)) as seen:
            yield seen
        connection.rollback()
