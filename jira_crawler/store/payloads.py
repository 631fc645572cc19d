"""The payloads of a store as they are at one moment, for whoever copies them: which there are, and those of a range."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, select, tuple_

from jira_crawler.store import tally
from jira_crawler.store.changes import Identity
from jira_crawler.store.rows import REMOVED, Row
from jira_crawler.store.snapshot import Snapshot, snapshot
from jira_crawler.store.store import Store
from jira_crawler.store.tables import SINCE, forgotten, issues, last_change

_HEADS = 1_000  # rows that are fetched at once …
_ROWS = 32  # … and with payloads
_ORDER = issues.c.site, issues.c.id


class Head(NamedTuple):
    """An issue without its payload, of `size` bytes as it is stored; `since` is when it came as it is (ms)."""

    site: str
    id: str
    key: str
    project: str
    crawled_project: str
    base_url: str
    dialect: str
    cut: str
    version: str
    since: int
    size: int


class Payloads:
    """What can be refined again: neither what is gone nor what was forgotten; `through` is the last change in it."""

    def __init__(self, seen: Snapshot):
        self._connection: Connection = seen.connection
        self.through = int(self._connection.execute(select(last_change.c.seq)).scalar_one())

    def heads(self) -> Iterator[Head]:
        """Gives every issue by site and id, in the order of their bytes."""
        columns = (issues.c[name] for name in Head._fields[:-2])
        query = select(*columns, SINCE, func.length(issues.c.payload)).where(_HELD).order_by(*_ORDER)
        with closing(self._connection.execute(query, execution_options={"yield_per": _HEADS})) as found:
            for row in found:
                yield Head(*row)

    def rows(self, site: str, first: str, last: str) -> Iterator[Row]:
        """Gives the issues of a site from one id to another in the same order, payloads compressed."""
        within = and_(issues.c.site == site, issues.c.id >= first, issues.c.id <= last)
        query = select(issues).where(_HELD, within).order_by(*_ORDER)
        with closing(self._connection.execute(query, execution_options={"yield_per": _ROWS})) as found:
            for row in found:
                yield Row(**row._mapping)


@contextmanager
def payloads(store: Store) -> Iterator[Payloads]:
    """Opens the store for reading; what others commit from now on is not seen."""
    with snapshot(store.engine) as seen:
        yield Payloads(seen)


def identities(
    engine: Engine, after: Identity, upto: Identity | None, projects: Collection[str] = (), limit: int | None = None
) -> list[Identity]:
    """Gives the issues that have a payload, by site and id, behind one and up to another, which is included."""
    place = tuple_(*_ORDER)
    query = select(*_ORDER).where(tally.holds(projects), place > after)
    query = query if upto is None else query.where(place <= upto)
    with engine.connect() as connection:
        return [(site, id_) for site, id_ in connection.execute(query.order_by(*_ORDER).limit(limit))]


def is_crawled(engine: Engine) -> bool:
    """Whether a crawl has listed any issue that is here."""
    with engine.connect() as connection:
        return connection.execute(select(issues.c.id).where(issues.c.run > 0).limit(1)).first() is not None


def _held() -> ColumnElement[bool]:
    erased = select(forgotten.c.id).where(forgotten.c.site == issues.c.site, forgotten.c.id == issues.c.id)
    return and_(tally.holds(()), issues.c.stage != REMOVED, ~erased.exists())


_HELD = _held()
