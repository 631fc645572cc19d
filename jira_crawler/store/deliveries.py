"""What webhooks delivered, each once and in the order of arrival, and how far each delivery has come."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import zstandard
from sqlalchemy import Connection, func, insert, select, update

from jira_crawler.store.conflicts import chunks
from jira_crawler.store.erasure import forgotten_among
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.tables import announced, deliveries, insert_of

State = Literal["received", "fetched", "stored", "tabled", "failed", "ignored"]
STATES: Final[tuple[State, ...]] = ("received", "fetched", "stored", "tabled", "failed", "ignored")
UNDONE: Final[tuple[State, ...]] = ("received", "fetched")  # what was fetched and not stored is lost with its process
FORGOTTEN: Final = "its issue is forgotten"
_KEY: Final = 0x6A697264  # any number that no other lock of ours has
_D = deliveries.c
_WORK = select(_D.number, _D.site, _D.event, _D.at, _D.received, _D.deleted, _D.refresh)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came: `issues` are pairs of id and key, `received` and `at` are ms, `reason` is why nothing is to be done.

    `identity` is the same for whatever is delivered again, and for nothing else of the site. The headers and the body
    are kept as they are given.
    """

    site: str
    identity: str
    event: str
    received: int
    at: int | None = None
    issues: tuple[tuple[str, str], ...] = ()
    deleted: bool = False
    refresh: bool = False
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Work:
    """What a delivery wants done: its issues, pairs of id and key, asked for again, or small tables."""

    number: int
    site: str
    event: str
    at: int | None
    received: int
    deleted: bool
    refresh: bool
    issues: tuple[tuple[str, str], ...]


class Deliveries:
    """The part of the store that whoever receives writes, and whoever follows a tracker works off.

    It does not wait for the right to change issues, which a merge may hold for long: numbers are given under a lock of
    their own, so that a lower one is never committed after a higher one was read.
    """

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine
        add = insert_of(self.engine.dialect.name)(deliveries).on_conflict_do_nothing(
            index_elements=["site", "identity"]
        )
        self._add = add.returning(_D.number, _D.site, _D.identity)

    @retry_on_disconnect
    def receive(self, batch: Sequence[Delivery]) -> list[int | None]:
        """Keeps what came, in one transaction: when this returns, it is on the disk.

        Gives the number of each in its order, None for what is there already. Of what is about a forgotten issue alone
        it is kept that it came, and nothing that it said.
        """
        if not batch:
            return []
        with self._numbering() as connection:
            named = [(each.site, id_) for each in batch for id_, _ in each.issues]
            if named and (unwanted := forgotten_among(connection, named)):
                batch = [_without(each, unwanted) for each in batch]
            rows = _rows(batch)
            new = {(site, identity): number for number, site, identity in connection.execute(self._add, rows)}
            numbers = [new.pop((each.site, each.identity), None) for each in batch]
            about = [
                {"site": each.site, "id": id_, "key": key, "number": number}
                for each, number in zip(batch, numbers, strict=True)
                if number is not None
                for id_, key in dict(each.issues).items()
            ]
            if about:
                connection.execute(insert(announced), about)
        return numbers

    @contextmanager
    def _numbering(self) -> Iterator[Connection]:
        with self.writer.aside() as connection:
            if self.writer.is_shared:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_KEY})")
            yield connection

    @retry_on_disconnect
    def pending(self, site: str, after: int, limit: int) -> list[Work]:
        """Gives what is not in the store yet of what came behind a number, in the order of arrival.

        With 0 that is everything, also what a process that died had already fetched.
        """
        query = _WORK.where(_D.site == site, _D.number > after, _D.state.in_(UNDONE)).order_by(_D.number).limit(limit)
        with self.engine.connect() as connection:
            found = connection.execute(query).all()
            issues = concerned(connection, [row.number for row in found])
        return [
            Work(
                row.number,
                row.site,
                row.event,
                row.at,
                row.received,
                bool(row.deleted),
                bool(row.refresh),
                issues.get(row.number, ()),
            )
            for row in found
        ]

    @retry_on_disconnect
    def undone(self, numbers: Iterable[int]) -> set[int]:
        """Gives those of some deliveries that are not in the store yet, nor given up."""
        found: set[int] = set()
        with self.engine.connect() as connection:
            for some in chunks(sorted(set(numbers))):
                query = select(_D.number).where(_D.number.in_(some), _D.state.in_(UNDONE))
                found.update(connection.scalars(query))
        return found

    def fetched(self, numbers: Iterable[int], at: int) -> None:
        """Notes that the tracker has answered what these deliveries were about."""
        self._mark(numbers, ("received",), state="fetched", fetched=at)

    def stored(self, numbers: Iterable[int], at: int) -> None:
        """Notes that what the tracker answered is in the store, or was there."""
        self._mark(numbers, UNDONE, state="stored", fetched=func.coalesce(_D.fetched, at), stored=at, reason="")

    def failed(self, numbers: Iterable[int], reason: str) -> None:
        """Notes that nothing came of these deliveries, and why; polling finds what they were about."""
        self._mark(numbers, UNDONE, state="failed", reason=reason)

    def ignored(self, numbers: Iterable[int], reason: str) -> None:
        """Notes that these deliveries are about nothing that was asked for."""
        self._mark(numbers, UNDONE, state="ignored", reason=reason)

    @retry_on_disconnect
    def ready(self, site: str) -> list[int]:
        """Gives the deliveries that are stored, and not in the tables as far as is known."""
        query = select(_D.number).where(_D.site == site, _D.state == "stored")
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def tabled(self, numbers: Iterable[int], at: int) -> None:
        """Notes that these deliveries, which were stored when an update of the tables began, are in them."""
        self._mark(numbers, ("stored",), state="tabled", tabled=at)

    @retry_on_disconnect
    def _mark(self, numbers: Iterable[int], states: Sequence[State], **values: Any) -> None:
        """Moves deliveries on from some states; one that has come further, or was given up, stays as it is."""
        with self.writer.aside() as connection:
            for some in chunks(sorted(set(numbers))):
                here = _D.number.in_(some), _D.state.in_(states)
                connection.execute(update(deliveries).where(*here).values(values))


def concerned(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Gives the issues that each of some deliveries concerns, for those that concern any."""
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    query = select(announced.c.number, announced.c.id, announced.c.key)
    for some in chunks(numbers):
        for number, id_, key in connection.execute(query.where(announced.c.number.in_(some)).order_by(announced.c.id)):
            found[number] = (*found.get(number, ()), (id_, key))
    return found


def _without(delivery: Delivery, unwanted: Collection[tuple[str, str]]) -> Delivery:
    """Gives a delivery without the issues of it that are forgotten."""
    left = tuple((id_, key) for id_, key in delivery.issues if (delivery.site, id_) not in unwanted)
    if left or not delivery.issues:
        return replace(delivery, issues=left)
    return replace(delivery, issues=(), body=b"", headers={}, refresh=False, reason=FORGOTTEN)


def _rows(batch: Sequence[Delivery]) -> list[dict[str, Any]]:
    compressor = zstandard.ZstdCompressor(level=3)  # which is for one thread
    return [
        {
            "site": each.site,
            "identity": each.identity,
            "event": each.event,
            "at": each.at,
            "deleted": int(each.deleted),
            "refresh": int(each.refresh),
            "headers": json.dumps(dict(each.headers), ensure_ascii=True),
            "body": compressor.compress(each.body),
            "state": "ignored" if each.reason else "received",
            "reason": each.reason,
            "received": each.received,
        }
        for each in batch
    ]
