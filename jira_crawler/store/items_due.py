"""Which items of a repository something is to be done about, and what is held of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import zstandard
from sqlalchemy import ColumnElement, and_, func, or_, select, update

from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.repository_tables import MISCOUNTED, commits, pieces, repositories, repository_items
from jira_crawler.store.tables import forgotten, issues

_P, _I, _C = pieces.c, repository_items.c, commits.c


class DueItem(NamedTuple):
    """An item, as its lists say; see the table `repository_items`."""

    id: str
    number: int
    node: str
    updated: int


class HeldItem(NamedTuple):
    """All pieces of an item, by kind and in a fixed order; `changed` (ms) is when the last of them came."""

    id: str
    number: int
    changed: int
    is_detailed: bool
    pieces: dict[str, list[bytes]]


class ItemsDue:
    """The part of the store that is asked when a phase of a crawl begins."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def undetailed(self, site: str, repository: int, *, pulls: bool, after: int, limit: int) -> list[DueItem]:
        """Gives items whose details are of another version than their lists show, in the order of their numbers."""
        wanted = (_I.detailed != _I.updated, _I.is_pull == int(pulls), _I.node != "")
        return self._due(site, repository, after, limit, *wanted)

    @retry_on_disconnect
    def miscounted(self, site: str, repository: int, *, after: int, limit: int) -> list[DueItem]:
        """Gives items of which we hold more or fewer comments than they are said to have, and nobody knows why."""
        held = (
            select(func.count())
            .where(_P.site == _I.site, _P.id == _I.id, _P.kind == "comment")
            .correlate(repository_items)
            .scalar_subquery()
        )
        return self._due(site, repository, after, limit, _I.said >= 0, _I.counted != _I.updated, held != _I.said)

    @retry_on_disconnect
    def miscounted_reviews(self, site: str, repository: int, *, after: int, limit: int) -> list[DueItem]:
        """Gives pull requests whose reviews say another number of comments than we held when they told it."""
        return self._due(site, repository, after, limit, _I.counted == MISCOUNTED)

    @retry_on_disconnect
    def held_of(self, site: str, id_: str, kind: str) -> int:
        """Counts the pieces of a kind that are held of an item."""
        query = select(func.count()).where(_P.site == site, _P.id == id_, _P.kind == kind)
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    @retry_on_disconnect
    def unlisted(self, site: str, repository: int, began: int, *, after: int, limit: int) -> list[DueItem]:
        """Gives items that the whole walk which began at a time (ms) has not met, though they were there."""
        return self._due(site, repository, after, limit, _I.listed < began)

    def _due(self, site: str, repository: int, after: int, limit: int, *wanted: ColumnElement[bool]) -> list[DueItem]:
        here = (_I.site == site, _I.repository == repository, _I.number > after, _I.updated > 0, _I.state == "")
        query = select(_I.id, _I.number, _I.node, _I.updated).where(*here, *wanted).order_by(_I.number).limit(limit)
        with self.engine.connect() as connection:
            return [DueItem(*row) for row in connection.execute(query)]

    @retry_on_disconnect
    def holes(self, site: str, repository: int, *, after: int, limit: int) -> list[int]:
        """Gives numbers behind one, up to the highest, of which nothing is known: no item, nor why there is none."""
        here = (_I.site == site, _I.repository == repository)
        known = select(_I.number).where(*here, or_(_I.updated > 0, _I.state != ""))
        gone = select(forgotten.c.id).where(forgotten.c.site == site, forgotten.c.id.startswith(f"{repository}-"))
        with self.engine.connect() as connection:
            numbers = set(connection.scalars(known)) | {int(id_.rpartition("-")[2]) for id_ in connection.scalars(gone)}
            highest = connection.scalar(select(func.max(_I.number)).where(*here)) or 0
        found: list[int] = []
        before = after
        for number in [*sorted(each for each in numbers if each > after), max([highest, *numbers], default=0) + 1]:
            found += range(before + 1, min(number, before + 1 + limit - len(found)))
            if len(found) >= limit:
                break
            before = max(before, number)
        return found

    @retry_on_disconnect
    def count(self, site: str, repository: int) -> int:
        """Counts the items that are there."""
        here = (_I.site == site, _I.repository == repository, _I.updated > 0, _I.state == "")
        with self.engine.connect() as connection:
            return int(connection.execute(select(func.count()).where(*here)).scalar_one())

    @retry_on_disconnect
    def states(self, site: str, repository: int) -> dict[str, int]:
        """Counts the numbers that lead nowhere, by the reason."""
        here = (_I.site == site, _I.repository == repository, _I.state != "")
        query = select(_I.state, func.count()).where(*here).group_by(_I.state)
        with self.engine.connect() as connection:
            return {state: int(n) for state, n in connection.execute(query)}

    @retry_on_disconnect
    def begin_anew(self, site: str, repository: int) -> None:
        """Forgets as of when details are, so that all of them are asked for again."""
        here = (_I.site == site, _I.repository == repository)
        with self.writer.begin() as connection:
            connection.execute(update(repository_items).where(*here).values(detailed=0, counted=0))

    @retry_on_disconnect
    def unfinished(self, site: str, repository: int, *, after: int, limit: int) -> list[HeldItem]:
        """Gives items whose issue is not stored as their pieces say, with these."""
        joined = repository_items.outerjoin(issues, and_(issues.c.site == _I.site, issues.c.id == _I.id))
        joined = joined.outerjoin(forgotten, and_(forgotten.c.site == _I.site, forgotten.c.id == _I.id))
        here = (_I.site == site, _I.repository == repository, _I.number > after, _I.updated > 0, _I.state == "")
        stale = or_(issues.c.fetched_at.is_(None), issues.c.fetched_at != _I.changed)
        columns = (_I.id, _I.number, _I.changed, _I.detailed)
        query = select(*columns).select_from(joined).where(*here, stale, forgotten.c.id.is_(None))
        with self.engine.connect() as connection:
            found = connection.execute(query.order_by(_I.number).limit(limit)).all()
            held = self._held(connection, site, [row.id for row in found])
        return [HeldItem(row.id, row.number, row.changed, row.detailed > 0, held[row.id]) for row in found]

    def _held(self, connection: Any, site: str, ids: Sequence[str]) -> dict[str, dict[str, list[bytes]]]:
        held: dict[str, dict[str, list[bytes]]] = defaultdict(lambda: defaultdict(list))
        query = select(_P.id, _P.kind, _P.payload).where(_P.site == site, _P.id.in_(ids))
        for id_, kind, payload in connection.execute(query.order_by(_P.id, _P.kind, func.length(_P.object), _P.object)):
            held[id_][kind].append(zstandard.decompress(payload))
        return held

    @retry_on_disconnect
    def lacking_parents(self, site: str, repository: int, run: int, limit: int) -> list[str]:
        """Gives shas that commits which a crawl met first name as their parents, and that nobody has brought."""
        here = (_C.site == site, _C.repository == repository)
        with self.engine.connect() as connection:
            named: set[str] = set()
            for parents in connection.scalars(select(_C.parents).where(*here, _C.run == run)):
                named.update(parents.split())
            wanted = sorted(named)
            for at in range(0, len(wanted), 500):
                some = wanted[at : at + 500]
                named -= set(connection.scalars(select(_C.sha).where(*here, _C.sha.in_(some))))
        return sorted(named)[:limit]

    def repositories(self) -> list[tuple[str, int, str, str]]:
        """Gives site, id, name and detail (JSON) of every repository."""
        of = repositories.c
        query = select(of.site, of.repository, of.name, of.detail).order_by(of.site, of.repository)
        with self.engine.connect() as connection:
            return [(row.site, row.repository, row.name, row.detail) for row in connection.execute(query)]

    def commits(self, site: str = "", repository: int = 0) -> Iterator[tuple[str, int, bytes]]:
        """Gives site, repository and what was told of each commit, of one repository or of all."""
        query = select(_C.site, _C.repository, _C.payload).order_by(_C.site, _C.repository, _C.committed, _C.sha)
        if repository:
            query = query.where(_C.site == site, _C.repository == repository)
        with self.engine.connect() as connection:
            for row in connection.execution_options(yield_per=1_000).execute(query):
                yield row.site, row.repository, zstandard.decompress(row.payload)

    def releases(self, site: str, repository: int) -> list[bytes]:
        """Gives what was told of each release of a repository, in the order of their ids."""
        query = select(_P.payload).where(_P.site == site, _P.id == f"{repository}-0", _P.kind == "release")
        with self.engine.connect() as connection:
            found = connection.scalars(query.order_by(func.length(_P.object), _P.object)).all()
        return [zstandard.decompress(payload) for payload in found]

    @retry_on_disconnect
    def known_commits(self, site: str, repository: int, shas: Sequence[str]) -> set[str]:
        """Tells which of some commits are here."""
        here = (_C.site == site, _C.repository == repository, _C.sha.in_(list(shas)))
        with self.engine.connect() as connection:
            return set(connection.scalars(select(_C.sha).where(*here)))
