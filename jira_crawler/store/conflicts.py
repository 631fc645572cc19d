"""What several workers agree on when one of them commits: the newest version of an issue, and one of all duplicates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from jira_crawler.items import replace
from jira_crawler.refine.deduplicate import STAGE, CanonicalIssue, duplicate_of, find_canonical
from jira_crawler.store.exclusive_writer import ExclusiveWriter
from jira_crawler.store.rows import KEPT, REMOVED, Row
from jira_crawler.store.tables import ONE_OF_THESE, issues, these

_CHUNK = 1_000
Identity = tuple[str, str]
_DATES = select(*(issues.c[n] for n in ("site", "id", "updated", "fetched_at", "stage", "version", "feed")))
_DATES = _DATES.where(ONE_OF_THESE)


class ConflictResolution:
    """The part of the store that resolves what others may have committed since somebody looked.

    Its answers hold only inside `with store.writer()`.
    """

    def __init__(self, writer: ExclusiveWriter):
        self.writer = writer

    def resolve(self, rows: Sequence[tuple[Row, bytes]]) -> list[tuple[Row, bytes]]:
        """Leaves out older versions than are stored, and takes the lines of those whose duplicate stays."""
        late = self.outdated([row for row, _ in rows])
        fresh = [(row, lines) for row, lines in rows if row.identity not in late]
        canonical = self.canonical([row for row, _ in fresh])
        return [
            (duplicate(row, canonical[row.identity]), b"") if lines and row.identity in canonical else (row, lines)
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

    def canonical(self, rows: Sequence[Row]) -> dict[Identity, CanonicalIssue]:
        """Finds, for those rows in whose place another issue stays, which one that is."""
        mine = {row.identity for row in rows}
        first: dict[str, CanonicalIssue] = {}
        for row in rows:
            _meet(first, row.content, CanonicalIssue(row.number, row.site, row.id, row.key))
        columns = (issues.c.content, issues.c.number, issues.c.site, issues.c.id, issues.c.key)
        with self.writer.begin() as connection:
            for some in chunks(sorted({row.content for row in rows if row.content})):
                for content, *other in connection.execute(select(*columns).where(issues.c.content.in_(some))):
                    found = CanonicalIssue(*other)
                    if (found.site, found.id) not in mine:
                        _meet(first, content, found)
        asked = {row.identity: find_canonical(row.content, row.precedence, first.get) for row in rows}
        return {identity: found for identity, found in asked.items() if found}


def duplicate(row: Row, canonical: CanonicalIssue) -> Row:
    """Makes a row that had lines into that of an issue in whose place another one stays."""
    nothing: dict[str, Any] = {"examples": 0, "tasks": "", "lines": "", "feed": None, "offset": None, "length": None}
    return replace(row, stage=STAGE, reason=duplicate_of(canonical.key), **nothing)


def is_refined(row: Row) -> bool:
    """Whether a row says what became of an issue that was read, so that its duplicates must go."""
    return bool(row.content) and row.stage != KEPT


def chunks(keys: Iterable[Any], size: int = _CHUNK) -> Iterator[list[Any]]:
    """Gives keys in parts of which a query takes one."""
    each = iter(keys)
    while some := list(islice(each, size)):
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


def _meet(first: dict[str, CanonicalIssue], content: str, issue: CanonicalIssue) -> None:
    first[content] = min(issue, first.get(content, issue), key=attrgetter("precedence"))
