"""What hangs on issues and is asked for by itself: their links to elsewhere, and what became of their files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import zstandard
from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, or_, select, update

from jira_crawler.items import UNREADABLE
from jira_crawler.store.changes import Identity
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.rows import REMOVED
from jira_crawler.store.tables import ONE_OF_THESE, SINCE, attachments, insert_of, issues, remote_links, these

LEAVING: Final = "leaving"  # the state of a file that is to be deleted
_FILES = and_(attachments.c.site == bindparam("of"), attachments.c.id.in_(bindparam("those", expanding=True)))
_LINKS = and_(remote_links.c.site == bindparam("of"), remote_links.c.id.in_(bindparam("those", expanding=True)))
_STANDING = select(issues.c.site, issues.c.id).where(ONE_OF_THESE, issues.c.stage != REMOVED)


@dataclass(frozen=True, slots=True)
class HeldFile:
    """What became of a file: see the table `attachments`."""

    site: str
    id: str
    attachment: str
    state: str
    size: int = 0
    sha256: str = ""
    path: str = ""
    mime: str = ""
    asked_at: int = 0


@dataclass(frozen=True, slots=True)
class HeldLinks:
    """The links of an issue to elsewhere: a JSON list, as they were at a time (ms)."""

    site: str
    id: str
    asked_at: int
    links: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class IssueWithParts:
    """An issue of which something is to be asked; `since` is when it was fetched first as it is now (ms)."""

    id: str
    key: str
    project: str
    dialect: str
    since: int
    payload: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Issues of some projects of a site, behind one by id; `run`: only those that this crawl listed, 0 for all."""

    site: str
    projects: tuple[str, ...]
    run: int = 0
    after: str = ""
    limit: int = 1_000


class Attached:
    """The part of the store that keeps them. They are written with what else a commit brings."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine
        self._insert: Any = insert_of(self.engine.dialect.name)

    def save(self, connection: Connection, links: Iterable[HeldLinks], files: Iterable[HeldFile]) -> set[Identity]:
        """Writes what came, and gives the issues of which it says something else than before.

        What came of an issue that is gone by now is not kept, and its files leave.
        """
        linked, filed = list(links), list(files)
        hanging = {(each.site, each.id) for each in linked} | {(each.site, each.id) for each in filed}
        standing = _standing(connection, hanging)
        linked = [each for each in linked if (each.site, each.id) in standing]
        stored_links, stored_files = _links(connection, standing), _files(connection, standing)
        changed = {
            (each.site, each.id) for each in linked if stored_links.get((each.site, each.id), b"[]") != each.links
        }
        rows = []
        for each in filed:
            values = {name: getattr(each, name) for name in HeldFile.__slots__}
            if (each.site, each.id) not in standing:
                if each.path:
                    rows.append(values | {"state": LEAVING})
                continue
            before = stored_files.get((each.site, each.id), {}).get(each.attachment)
            if before is None or _told(before) != _told(each):
                changed.add((each.site, each.id))
            rows.append(values)
        compressor = zstandard.ZstdCompressor(level=3)
        self._upsert(
            connection,
            remote_links,
            [
                {
                    "site": each.site,
                    "id": each.id,
                    "asked_at": each.asked_at,
                    "links": compressor.compress(each.links),
                }
                for each in linked
            ],
        )
        self._upsert(connection, attachments, rows)
        return changed

    def _upsert(self, connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        statement = self._insert(table)
        keys = [column.name for column in table.primary_key]
        new = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new), rows)

    @retry_on_disconnect
    def links(self, identities: Collection[Identity]) -> dict[Identity, bytes]:
        """Gives the links of issues to elsewhere as JSON, for those that were asked."""
        with self.engine.connect() as connection:
            return _links(connection, identities)

    @retry_on_disconnect
    def files(self, identities: Collection[Identity]) -> dict[Identity, dict[str, HeldFile]]:
        """Gives what became of the files of issues, by the ids of the files; what leaves is left out."""
        with self.engine.connect() as connection:
            return _files(connection, identities)

    @retry_on_disconnect
    def without_links(self, chosen: Chosen, before: int = 0) -> list[IssueWithParts]:
        """Finds issues whose links were not asked for since they are as they are now, or since a time (ms)."""
        of = remote_links.c
        stale = or_(of.asked_at.is_(None), of.asked_at < SINCE, of.asked_at < before)
        joined = issues.outerjoin(remote_links, and_(of.site == issues.c.site, of.id == issues.c.id))
        columns = (issues.c.id, issues.c.key, issues.c.crawled_project, issues.c.dialect, SINCE)
        query = select(*columns).select_from(joined).where(*_chosen(chosen), stale)
        with self.engine.connect() as connection:
            found = connection.execute(query.order_by(issues.c.id).limit(chosen.limit)).all()
        return [IssueWithParts(*row) for row in found]

    @retry_on_disconnect
    def with_payloads(self, chosen: Chosen) -> list[IssueWithParts]:
        """Gives issues with their payloads, in the order of their ids."""
        of = issues.c
        columns = (of.id, of.key, of.crawled_project, of.dialect, SINCE.label("since"), of.payload)
        query = select(*columns).where(*_chosen(chosen)).order_by(issues.c.id).limit(chosen.limit)
        with self.engine.connect() as connection:
            found = connection.execute(query).all()
        return [
            IssueWithParts(
                row.id, row.key, row.crawled_project, row.dialect, row.since, zstandard.decompress(row.payload)
            )
            for row in found
        ]

    @retry_on_disconnect
    def is_taken(self, path: str, site: str) -> bool:
        """Tells whether a path is that of a file of another site."""
        query = select(attachments.c.site).where(attachments.c.path == path, attachments.c.site != site).limit(1)
        with self.engine.connect() as connection:
            return connection.execute(query).first() is not None

    @retry_on_disconnect
    def leaving(self) -> list[HeldFile]:
        """Gives the files that are to be deleted."""
        query = select(*(attachments.c[name] for name in HeldFile.__slots__)).where(attachments.c.state == LEAVING)
        with self.engine.connect() as connection:
            return [HeldFile(*row) for row in connection.execute(query)]

    @retry_on_disconnect
    def left(self, files: Collection[HeldFile]) -> None:
        """Forgets files that are deleted, unless they came again meanwhile."""
        of = attachments.c
        keys = and_(of.site == bindparam("s"), of.id == bindparam("i"), of.attachment == bindparam("a"))
        if files:
            with self.writer.begin() as connection:
                connection.execute(
                    delete(attachments).where(keys, of.state == LEAVING),
                    [{"s": each.site, "i": each.id, "a": each.attachment} for each in files],
                )


def leave(connection: Connection, site: str, id_: str) -> None:
    """Lets all go that hung on an issue which is gone: its links at once, its files when they are deleted."""
    of = attachments.c
    connection.execute(delete(remote_links).where(remote_links.c.site == site, remote_links.c.id == id_))
    connection.execute(delete(attachments).where(of.site == site, of.id == id_, of.path == ""))
    connection.execute(update(attachments).where(of.site == site, of.id == id_).values(state=LEAVING))


def _chosen(chosen: Chosen) -> tuple[ColumnElement[bool], ...]:
    of = issues.c
    only = (of.run == chosen.run,) if chosen.run else ()
    readable = ~of.id.startswith(UNREADABLE, autoescape=True)
    here = (of.site == chosen.site, of.crawled_project.in_(chosen.projects), of.id > chosen.after)
    return (*here, of.stage != REMOVED, readable, *only)


def _standing(connection: Connection, identities: Collection[Identity]) -> set[Identity]:
    found: set[Identity] = set()
    for some in these(identities):
        found.update((site, id_) for site, id_ in connection.execute(_STANDING, some))
    return found


def _links(connection: Connection, identities: Collection[Identity]) -> dict[Identity, bytes]:
    query = select(remote_links.c.site, remote_links.c.id, remote_links.c.links).where(_LINKS)
    found: dict[Identity, bytes] = {}
    for some in these(identities):
        found |= {(site, id_): zstandard.decompress(links) for site, id_, links in connection.execute(query, some)}
    return found


def _files(connection: Connection, identities: Collection[Identity]) -> dict[Identity, dict[str, HeldFile]]:
    query = select(*(attachments.c[name] for name in HeldFile.__slots__)).where(_FILES, attachments.c.state != LEAVING)
    found: dict[Identity, dict[str, HeldFile]] = {}
    for some in these(identities):
        for row in connection.execute(query.order_by(attachments.c.attachment), some):
            found.setdefault((row.site, row.id), {})[row.attachment] = HeldFile(*row)
    return found


def _told(file: HeldFile) -> Mapping[str, Any]:
    """What a reader of tables could see of a file."""
    return {name: getattr(file, name) for name in ("state", "size", "sha256", "path", "mime")}
