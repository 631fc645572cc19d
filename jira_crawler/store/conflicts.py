"""What several workers agree on when one of them commits: the newest version of an issue, and one of all twins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from jira_crawler.store.exclusive_writer import ExclusiveWriter
from jira_crawler.store.rows import KEPT, REMOVED, Holder, Row
from jira_crawler.store.tables import ONE_OF_THESE, issues, these

_CHUNK = 1_000
Identity = tuple[str, str]
_DATES = select(*(issues.c[n] for n in ("site", "id", "updated", "fetched_at", "stage", "version", "feed")))
_DATES = _DATES.where(ONE_OF_THESE)


class ConflictResolution:
    """The part of the store that settles what others may have committed since somebody looked.

    Its answers hold only inside `with store.writer()`.
    """

    def __init__(self, writer: ExclusiveWriter):
        self.writer = writer

    def resolve(self, rows: Sequence[tuple[Row, bytes]]) -> list[tuple[Row, bytes]]:
        """Leaves out older versions than are stored, and takes the lines of those whose duplicate stays."""
        late = self.outdated([row for row, _ in rows])
        fresh = [(row, lines) for row, lines in rows if row.identity not in late]
        twins = self.twins([row for row, _ in fresh])
        return [
            (duplicate(row, twins[row.identity]), b"") if lines and row.identity in twins else (row, lines)
            for row, lines in fresh
        ]

    def outdated(self, rows: Sequence[Row]) -> set[Identity]:
        """Finds those rows in whose place a newer version is stored, and notes there that the issue was listed again.

        The tracker's date of the last change counts, then ours of the fetch. Where one of the two could not be read,
        or was removed, there is no such date. A row that leaves its lines where they are is late if they have gone.
        """
        fresh = {row.identity: row for row in rows}
        late = set()
        with self.writer.begin() as connection:
            for some in these(fresh):
                for stored in connection.execute(_DATES, some):
                    row = fresh[stored.site, stored.id]
                    gone = row.feed and (stored.version != row.version or not stored.feed)
                    if gone or _is_newer(stored, row):
                        late.add(row.identity)
            _listed(connection, [fresh[identity] for identity in sorted(late)])
        return late

    def twins(self, rows: Sequence[Row]) -> dict[Identity, Holder]:
        """Finds, for those rows that have lines, who stays in their place: the lowest rank with the same content."""
        mine = {row.identity for row in rows}
        lowest: dict[str, Holder] = {}
        for row in rows:
            _lower(lowest, row.content, Holder(row.number, row.site, row.id, row.key))
        columns = (issues.c.content, issues.c.number, issues.c.site, issues.c.id, issues.c.key)
        with self.writer.begin() as connection:
            for some in chunks(sorted({row.content for row in rows if row.content})):
                for content, *holder in connection.execute(select(*columns).where(issues.c.content.in_(some))):
                    found = Holder(*holder)
                    if (found.site, found.id) not in mine:
                        _lower(lowest, content, found)
        first = {row.identity: lowest[row.content] for row in rows if row.content}
        return {row.identity: first[row.identity] for row in rows if row.identity in first and _loses(row, first)}


def duplicate(row: Row, holder: Holder) -> Row:
    """Makes a row that had lines into that of an issue which another stands in for."""
    reason = f"duplicate of {holder.key}"
    nothing: dict[str, Any] = {"examples": 0, "tasks": "", "lines": "", "feed": None, "offset": None, "length": None}
    return replace(row, stage="Deduplicate", reason=reason, **nothing)


def settles(row: Row) -> bool:
    """Whether a row says what became of an issue that was read, so that its twins of higher rank must go."""
    return bool(row.content) and row.stage != KEPT


def chunks(keys: Iterable[Any]) -> Iterator[list[Any]]:
    """Gives keys in parts of which a query takes one."""
    each = iter(keys)
    while some := list(islice(each, _CHUNK)):
        yield some


def _is_newer(stored: Any, row: Row) -> bool:
    dated = row.updated and stored.updated and stored.stage != REMOVED
    newer = (stored.updated, stored.fetched_at) > (row.updated, row.fetched_at)
    return newer if dated else bool(stored.fetched_at > row.fetched_at)


def _listed(connection: Connection, rows: Collection[Row]) -> None:
    again = (
        update(issues)
        .where(issues.c.site == bindparam("s"), issues.c.id == bindparam("i"), issues.c.run < bindparam("r"))
        .values(run=bindparam("r"))
    )
    if rows:
        connection.execute(again, [{"s": row.site, "i": row.id, "r": row.run} for row in rows])


def _lower(lowest: dict[str, Holder], content: str, found: Holder) -> None:
    held = lowest.get(content)
    if held is None or (found.number, found.site) < (held.number, held.site):
        lowest[content] = found


def _loses(row: Row, first: dict[Identity, Holder]) -> bool:
    holder = first[row.identity]
    return (holder.number, holder.site) < row.rank
