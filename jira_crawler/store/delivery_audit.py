"""What became of each delivery, what none announced, and how far behind whoever works them off is."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import zstandard
from sqlalchemy import Row, Select, delete, false, func, select, update

from jira_crawler.store.conflicts import chunks
from jira_crawler.store.deliveries import UNDONE, State, concerned
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.tables import announced, deliveries, identities, insert_of, missed

_D, _A, _M = deliveries.c, announced.c, missed.c
_TOLD: Final = ("number", "site", "event", "state", "reason", "at", "received", "fetched", "stored", "tabled")
_ENTRY = select(*(_D[name] for name in _TOLD))
# The site, where another condition is to lead: SQLite would read and sort all that an index has of a site.
of_site = _D.site.concat("")
_PRUNED: Final = 1_000  # deliveries a transaction, so that whoever receives has a turn


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery and what became of it; times are ms, None for what has not happened, `at` as it says itself."""

    number: int
    site: str
    event: str
    state: State
    reason: str
    at: int | None
    received: int
    fetched: int | None
    stored: int | None
    tabled: int | None
    issues: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """One delivery as it came; its headers are without what is secret."""

    entry: Entry
    identity: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Missed(NamedTuple):
    """An issue that changed at `updated`, which polling found at `found` (ms), and no delivery had announced."""

    site: str
    id: str
    key: str
    updated: int
    found: int


class Announcement(NamedTuple):
    """The last delivery about an issue: when it came, and the last time (ms) that any of them says; None: none did."""

    received: int
    at: int | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far behind each step is: when (ms) the oldest delivery came that waits for it, None if none does.

    `waiting` is how many are not stored; `last` is when the last one came.
    """

    waiting: int
    fetch: int | None
    store: int | None
    tables: int | None
    last: int | None


class DeliveryAudit:
    """The part of the store that tells what became of deliveries."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine
        self._insert: Any = insert_of(self.engine.dialect.name)

    @retry_on_disconnect
    def entries(self, *, since: int = 0, states: Collection[State] = (), site: str = "", limit: int) -> list[Entry]:
        """Gives the last deliveries that came since a time (ms), the newest first; of some states and one site only."""
        query = _ENTRY.where(_D.received >= since).order_by(_D.received.desc(), _D.number.desc()).limit(limit)
        query = query.where(_D.state.in_(states)) if states else query
        query = query.where((_D.site if states else of_site) == site) if site else query
        with self.engine.connect() as connection:
            found = connection.execute(query).all()
            issues = concerned(connection, [row.number for row in found])
        return [_entry(row, issues) for row in found]

    @retry_on_disconnect
    def find(self, number: int) -> Whole | None:
        """Gives one delivery as it came, None if there is none of that number, or not any more."""
        query = _ENTRY.add_columns(_D.identity, _D.headers, _D.body).where(_D.number == number)
        with self.engine.connect() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            entry = _entry(row, concerned(connection, [number]))
        return Whole(entry, row.identity, json.loads(row.headers), zstandard.decompress(row.body))

    @retry_on_disconnect
    def last_announced(self, site: str, ids: Iterable[str]) -> dict[str, Announcement]:
        """Gives the last delivery about each of some issues, for those that there was any of."""
        query = select(_A.id, func.max(_D.received), func.max(_D.at)).join(deliveries, _D.number == _A.number)
        found: dict[str, Announcement] = {}
        with self.engine.connect() as connection:
            for some in chunks(sorted(set(ids))):
                told = connection.execute(query.where(_A.site == site, _A.id.in_(some)).group_by(_A.id))
                found |= {id_: Announcement(received, at) for id_, received, at in told}
        return found

    @retry_on_disconnect
    def note_missed(self, batch: Sequence[Missed]) -> int:
        """Notes what polling found and no delivery had announced; gives how many of these are new."""
        if not batch:
            return 0
        note = self._insert(missed).on_conflict_do_nothing().returning(_M.id)
        with self.writer.aside() as connection:
            return len(connection.execute(note, [each._asdict() for each in batch]).all())

    @retry_on_disconnect
    def missed(self, *, since: int = 0, site: str = "", limit: int) -> list[Missed]:
        """Gives what polling found since a time (ms) and no delivery had announced, the last first."""
        columns = (missed.c[name] for name in Missed._fields)
        query = select(*columns).where(_M.found >= since).order_by(_M.found.desc(), _M.site, _M.id, _M.updated)
        query = query.where(_M.site == site) if site else query
        with self.engine.connect() as connection:
            return [Missed(*row) for row in connection.execute(query.limit(limit))]

    @retry_on_disconnect
    def backlog(self, site: str) -> Backlog:
        """Tells how far behind whoever works off the deliveries of a site is."""

        def oldest(*states: State) -> int | None:
            least = (select(func.min(_D.received)).where(_D.state == state, _D.site == site) for state in states)
            found = (connection.execute(query).scalar() for query in least)  # one by one, as the index has them
            return min((at for at in found if at is not None), default=None)

        with self.engine.connect() as connection:
            many = select(func.count()).where(_D.state.in_(UNDONE), _D.site == site)
            last = select(_D.received).where(of_site == site).order_by(_D.number.desc()).limit(1)
            return Backlog(
                waiting=connection.execute(many).scalar_one(),
                fetch=oldest("received"),
                store=oldest("received", "fetched"),
                tables=oldest("received", "fetched", "stored"),
                last=connection.execute(last).scalar(),
            )

    def probe(self) -> None:
        """Writes what is there already, so that who cannot write learns it; raises what the database raises."""
        same = update(identities).values(place=identities.c.place)
        with self.writer.aside() as connection:
            connection.execute(same)

    def prune(self, before: int) -> int:
        """Forgets what came, or was found, before a time (ms), but for what still waits; gives how many deliveries."""
        old = select(_D.number).where(_D.received < before, _D.state.not_in(UNDONE)).limit(_PRUNED)
        many = 0
        while numbers := self._take_out(old, [_M.found < before]):
            many += numbers
        return many

    def erase(self, site: str, ids: Collection[str], keys: Collection[str] = ()) -> int:
        """Takes out all deliveries that concern some issues, or whose body holds one of the keys; gives how many.

        A body tells of linked issues, too, so each of the site is looked through if there are keys.
        """
        many = self._erase_quoting(site, keys) if keys else 0
        for some in chunks(sorted(set(ids))):
            about = select(_A.number).where(_A.site == site, _A.id.in_(some)).distinct().limit(_PRUNED)
            while numbers := self._take_out(about, [_M.site == site, _M.id.in_(some)]):
                many += numbers
        return many

    def _erase_quoting(self, site: str, keys: Collection[str]) -> int:
        named = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, keys))})(?!\d)".encode())
        query = select(_D.number, _D.body).where(_D.site == site).order_by(_D.number).limit(_PRUNED)
        many, after = 0, 0
        while bodies := self._bodies(query.where(_D.number > after)):
            after = bodies[-1][0]
            quoting = [number for number, body in bodies if named.search(zstandard.decompress(body))]
            many += self._take_out(select(_D.number).where(_D.number.in_(quoting)), [false()]) if quoting else 0
        return many

    @retry_on_disconnect
    def _bodies(self, query: Select[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        with self.engine.connect() as connection:
            return [(row.number, row.body) for row in connection.execute(query)]

    @retry_on_disconnect
    def _take_out(self, chosen: Any, of_missed: Sequence[Any]) -> int:
        with self.writer.aside() as connection:
            numbers = list(connection.scalars(chosen))
            connection.execute(delete(missed).where(*of_missed))
            if numbers:
                connection.execute(delete(announced).where(_A.number.in_(numbers)))
                connection.execute(delete(deliveries).where(_D.number.in_(numbers)))
        return len(numbers)


def _entry(row: Row[Any], issues: Mapping[int, tuple[tuple[str, str], ...]]) -> Entry:
    told = {name: getattr(row, name) for name in _TOLD}
    return Entry(**told, issues=issues.get(row.number, ()))
