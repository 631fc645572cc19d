"""How much of each feed is certain, which of its bytes still count, and how one file takes the place of another."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, insert, select, update

from jira_crawler.store.changes import record
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.tables import feeds, issues

LOST = "the feed was removed"  # the reason of an issue whose lines are to be made again
_CHUNK = 1_000
_STREAMED = {"yield_per": _CHUNK}


class FeedIndex:
    """The part of the store that knows where in which feed an issue's lines are."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def all(self) -> dict[str, tuple[int, int | None]]:
        """Gives the certain length of every feed, and the length of the file that is to replace it, if any."""
        with self.engine.connect() as connection:
            return {row.name: (row.length, row.swap) for row in connection.execute(select(feeds))}

    def register(self, feed: str) -> None:
        """Notes that a feed is ours before a byte of it is written, so that after a crash it still is."""
        with self.writer.begin() as connection:
            if connection.execute(select(feeds.c.name).where(feeds.c.name == feed)).first() is None:
                connection.execute(insert(feeds).values(name=feed, length=0, swap=None))

    def live(self, feed: str) -> Generator[tuple[str, str, int, int], None, None]:
        """Gives (site, id, offset, length) of what is in a feed and still counts, in the order of the file."""
        columns = (issues.c.site, issues.c.id, issues.c.offset, issues.c.length)
        query = select(*columns).where(issues.c.feed == feed).order_by(issues.c.offset)
        with self.engine.connect() as connection, connection.execute(query, execution_options=_STREAMED) as rows:
            for row in rows:
                yield row.site, row.id, row.offset, row.length

    @retry_on_disconnect
    def waste(self, feed: str, length: int) -> int:
        """Counts the bytes of a feed that belong to no issue any more."""
        query = select(func.coalesce(func.sum(issues.c.length), 0)).where(issues.c.feed == feed)
        with self.engine.connect() as connection:
            return length - int(connection.execute(query).scalar_one())

    def begin_swap(
        self,
        feed: str,
        offsets: Iterable[tuple[str, str, int]],
        length: Callable[[], int],
        note: Callable[[Connection], None],
    ) -> None:
        """Notes in one transaction that a rewritten file, with its lines at these offsets, replaces a feed.

        `length` is asked for when the offsets have come to their end, which is when the file is whole. `note` writes
        down what else is so from then on.
        """
        statement = (
            update(issues)
            .where(issues.c.site == bindparam("s"), issues.c.id == bindparam("i"), issues.c.feed == feed)
            .values(offset=bindparam("o"))
        )
        with self.writer.begin() as connection:
            chunk: list[dict[str, Any]] = []
            for site, id_, offset in offsets:
                chunk.append({"s": site, "i": id_, "o": offset})
                if len(chunk) == _CHUNK:
                    connection.execute(statement, chunk)
                    chunk = []
            if chunk:
                connection.execute(statement, chunk)
            note(connection)
            whole = length()
            connection.execute(update(feeds).where(feeds.c.name == feed).values(length=whole, swap=whole))

    @retry_on_disconnect
    def end_swap(self, feed: str) -> None:
        with self.writer.begin() as connection:
            connection.execute(update(feeds).where(feeds.c.name == feed).values(swap=None))

    def rename(self, names: Mapping[str, str]) -> None:
        """Notes in one transaction that feeds are files of other names now: all of them, or none."""
        with self.writer.begin() as connection:
            for feed, name in names.items():
                connection.execute(update(issues).where(issues.c.feed == feed).values(feed=name))
                connection.execute(update(feeds).where(feeds.c.name == feed).values(name=name))

    @retry_on_disconnect
    def holding(self) -> set[str]:
        """Names the feeds that hold the lines of any issue, whatever else is registered."""
        with self.engine.connect() as connection:
            return set(connection.execute(select(issues.c.feed).where(issues.c.feed.is_not(None)).distinct()).scalars())

    @retry_on_disconnect
    def forget_lines(self, feed: str) -> None:
        """Notes that a feed is lost: its issues wait to be made again, and say which feed it was."""
        gone = {"feed": None, "offset": None, "length": None, "lines": "", "examples": 0, "tasks": ""}
        here = select(issues.c.site, issues.c.id).where(issues.c.feed == feed).order_by(issues.c.offset)
        with self.writer.begin() as connection:
            for some in connection.execute(here, execution_options=_STREAMED).partitions():
                record(connection, [(row.site, row.id) for row in some])
            connection.execute(
                update(issues).where(issues.c.feed == feed).values(**gone, stage="WriteFeeds", reason=f"{LOST}: {feed}")
            )
            connection.execute(delete(feeds).where(feeds.c.name == feed))


def is_lost() -> ColumnElement[bool]:
    """The condition that an issue was in a feed that is lost."""
    return and_(issues.c.stage == "WriteFeeds", issues.c.reason.startswith(LOST, autoescape=True))
