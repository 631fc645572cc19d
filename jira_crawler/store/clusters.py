"""What an issue's lines say that is known only beside all others, as the store remembers it.

These are the cluster of near-duplicates, the comments that are canned, and the people whom other issues know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from jira_crawler.items import Record
from jira_crawler.store.changes import record
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.tables import identities, issues

_CHUNK = 1_000
ORDER = issues.c.number, issues.c.site, issues.c.id  # the first of a cluster represents it
# Shards are judged when they are merged.
_IN_A_FEED = and_(issues.c.feed.is_not(None), issues.c.feed.not_like("%.%.jsonl"))
_GONE = and_(issues.c.feed.is_(None), issues.c.cluster.is_not(None))
_SAID = "length", "cluster", "canned", "numbered", "replaced"
_STALE = or_(and_(_IN_A_FEED, issues.c.cluster.is_(None)), _GONE)


class IssueSpan(Record, frozen=True):
    """Where an issue's lines are, the cluster that they name, and the openings (hex) that they call canned.

    `numbered` are the people of other issues (hex) who have numbers in them, and `replaced` is what undoes that.
    """

    site: str
    id: str
    feed: str
    offset: int
    length: int
    cluster: str
    canned: str = ""
    numbered: str = ""
    replaced: bytes = b""


class Clusters:
    """The part of the store that knows the sketches of issues and the clusters that their lines name.

    A cluster is judged for exactly what is in a feed: where that is not so, something has come or gone since.
    """

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def are_stale(self) -> bool:
        with self.engine.connect() as connection:
            if connection.execute(select(identities.c.one).where(identities.c.unjudged != 0)).first():
                return True
            return connection.execute(select(issues.c.id).where(_STALE).limit(1)).first() is not None

    def minhashes(self) -> Iterator[bytes]:
        """Gives the sketch of every issue in a feed, in the order of their numbers."""
        for row in self._rows(select(issues.c.minhash)):
            yield row.minhash

    def openings(self) -> Iterator[bytes]:
        """Gives the openings of every issue in a feed, in the same order."""
        for row in self._rows(select(issues.c.openings)):
            yield row.openings

    def people(self) -> Iterator[bytes]:
        """Gives what the people of every issue in a feed are called, in the same order."""
        for row in self._rows(select(issues.c.people)):
            yield row.people

    def mentions(self) -> Iterator[bytes]:
        """Gives all that every issue in a feed may call people, in the same order."""
        for row in self._rows(select(issues.c.mentions)):
            yield row.mentions

    def spans(self) -> Iterator[IssueSpan]:
        """Gives every issue in a feed, in the same order, with the cluster that its lines name now."""
        columns = issues.c.site, issues.c.id, issues.c.feed, issues.c.offset, issues.c.length
        said = func.coalesce(issues.c.cluster, ""), issues.c.canned, issues.c.numbered, issues.c.replaced
        for row in self._rows(select(*columns, *said)):
            yield IssueSpan(*row)

    def _rows(self, query: Any) -> Iterator[Any]:
        ordered = query.where(_IN_A_FEED).order_by(*ORDER)
        with self.engine.connect() as connection:
            yield from connection.execution_options(yield_per=_CHUNK).execute(ordered)

    def note(self, spans: Sequence[IssueSpan], connection: Connection) -> None:
        """Notes what lines say by now and how long they are, in the transaction that says where they are."""
        row = (
            update(issues)
            .where(issues.c.site == bindparam("s"), issues.c.id == bindparam("i"))
            .values({name: bindparam(f"new_{name}") for name in _SAID})
        )
        for at in range(0, len(spans), _CHUNK):
            some = spans[at : at + _CHUNK]
            told = [{f"new_{name}": getattr(span, name) for name in _SAID} for span in some]
            connection.execute(row, [{"s": p.site, "i": p.id} | said for p, said in zip(some, told, strict=True)])
            record(connection, [(span.site, span.id) for span in some])

    @retry_on_disconnect
    def judged(self) -> None:
        """Notes that every issue whose lines were left alone names its cluster rightly."""
        with self.writer.begin() as connection:
            connection.execute(update(issues).where(_IN_A_FEED, issues.c.cluster.is_(None)).values(cluster=""))
            connection.execute(update(issues).where(_GONE).values(cluster=None))
            connection.execute(update(identities).values(unjudged=0))
