"""What issues were before they changed, and when they were found to be gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from jira_crawler.store.changes import Identity, Stored
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.rows import REMOVED
from jira_crawler.store.tables import ONE_OF_THESE, SINCE, availability, issues, past, these

_KEPT = ("created", "key", "version", "cut", "payload")
_IS_KEPT = (
    select(past.c.id).where(past.c.site == issues.c.site, past.c.id == issues.c.id, past.c.seen == SINCE).exists()
)
_BEFORE = select(issues.c.site, issues.c.id, SINCE, bindparam("until"), *(issues.c[name] for name in _KEPT)).where(
    issues.c.site == bindparam("of_site"),
    issues.c.id == bindparam("of_id"),
    func.length(issues.c.payload) > 0,
    issues.c.payload != bindparam("as_sent"),
    or_(issues.c.version == "", issues.c.version != bindparam("as_version")),
    ~_IS_KEPT,
)
_KEEP = insert(past).from_select(["site", "id", "seen", "until", *_KEPT], _BEFORE)
# Of one that was removed all that stays is that it was there until then.
_WENT = select(func.max(availability.c.at)).where(
    availability.c.site == issues.c.site, availability.c.id == issues.c.id
)
_ONCE = select(
    *(issues.c.site, issues.c.id, SINCE, _WENT.scalar_subquery()),
    *(issues.c[name] for name in _KEPT[:-1]),
    literal(b"", LargeBinary),
).where(
    issues.c.site == bindparam("of_site"),
    issues.c.id == bindparam("of_id"),
    _WENT.scalar_subquery() > SINCE,  # there is no event of what was removed before events were noted
    ~_IS_KEPT,
)
_KEEP_THAT = insert(past).from_select(["site", "id", "seen", "until", *_KEPT], _ONCE)
_PAST_ONES = and_(past.c.site == bindparam("of"), past.c.id.in_(bindparam("those", expanding=True)))
_EVENTS = and_(availability.c.site == bindparam("of"), availability.c.id.in_(bindparam("those", expanding=True)))


@dataclass(frozen=True, slots=True)
class Version:
    """An issue as it was fetched from `seen` until `until` (ms); the payload is compressed, b"" if it is forgotten."""

    seen: int
    until: int
    created: int
    key: str
    version: str
    cut: str
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Event:
    """That an issue was found to be gone, with the reason, or to be there again (`reason` is "").

    `share` is which part of its project the same crawl found to be gone, of `held` issues.
    """

    at: int
    run: int
    reason: str
    lost: int
    held: int


class History:
    """The part of the store that remembers what is not so any more."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    def keep(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]], changed: Mapping[Identity, Stored | None]
    ) -> None:
        """Keeps, of rows that are about to be written, what they take the place of, where that is another version."""
        here = [(row, was) for row in rows if (was := changed.get((row["site"], row["id"])))]
        # Of what has the same version no payload is looked at: that is most of what is refined again.
        other = [
            row for row, was in here if was.stage != REMOVED and not (was.version and was.version == row["version"])
        ]
        if other:
            connection.execute(
                _KEEP,
                [
                    {
                        "of_site": row["site"],
                        "of_id": row["id"],
                        "until": row["fetched_at"],
                        "as_sent": row["payload"],
                        "as_version": row["version"],
                    }
                    for row in other
                ],
            )
        for row, was in here:
            if was.stage == REMOVED:
                connection.execute(_KEEP_THAT, {"of_site": row["site"], "of_id": row["id"]})
                _note(connection, row["site"], row["id"], "", row["fetched_at"])

    @retry_on_disconnect
    def versions(self, identities: Iterable[Identity]) -> dict[Identity, list[Version]]:
        """Gives what issues were before, the oldest version first."""
        found: dict[Identity, list[Version]] = {}
        columns = (past.c.seen, past.c.until, *(past.c[name] for name in _KEPT))
        query = select(past.c.site, past.c.id, *columns).where(_PAST_ONES).order_by(past.c.site, past.c.id, past.c.seen)
        with self.engine.connect() as connection:
            for some in these(identities):
                for site, id_, *rest in connection.execute(query, some):
                    found.setdefault((site, id_), []).append(Version(*rest))
        return found

    @retry_on_disconnect
    def events(self, identities: Iterable[Identity]) -> dict[Identity, list[Event]]:
        """Gives when issues were found to be gone or there again, in order of time."""
        found: dict[Identity, list[Event]] = {}
        a = availability.c
        query = select(a.site, a.id, a.crawled_project, a.at, a.run, a.reason, a.held).where(_EVENTS)
        lost: dict[tuple[str, str, int], int] = {}  # counted once for all that went together
        with self.engine.connect() as connection:
            for some in these(identities):
                told = connection.execute(query.order_by(a.site, a.id, a.at), some).all()
                for run in {(each.site, each.crawled_project, each.run) for each in told if each.reason} - lost.keys():
                    lost[run] = connection.execute(select(func.count()).where(*_lost(*run))).scalar_one()
                for site, id_, project, at, run_, reason, held in told:
                    event = Event(at, run_, reason, lost[site, project, run_] if reason else 0, held)
                    found.setdefault((site, id_), []).append(event)
        return found

    @retry_on_disconnect
    def gone_with(self, identities: Iterable[Identity]) -> set[Identity]:
        """Finds the issues that the same crawls found to be gone in the same projects as these."""
        a = availability.c
        runs: set[tuple[str, str, int]] = set()
        query = select(a.site, a.crawled_project, a.run).where(_EVENTS, a.reason != "").distinct()
        with self.engine.connect() as connection:
            for some in these(identities):
                runs.update((site, project, run) for site, project, run in connection.execute(query, some))
            return {
                (site, id_)
                for run in sorted(runs)
                for site, id_ in connection.execute(select(a.site, a.id).where(*_lost(*run)))
            }

    @retry_on_disconnect
    def created(self, identities: Iterable[Identity]) -> dict[Identity, set[int]]:
        """Gives the creation times (ms) that issues have or had; one has more than one only after a mistake."""
        found: dict[Identity, set[int]] = {}
        wanted = list(identities)
        now = select(issues.c.site, issues.c.id, issues.c.created).where(ONE_OF_THESE)
        before = select(past.c.site, past.c.id, past.c.created).where(_PAST_ONES)
        with self.engine.connect() as connection:
            for query in (now, before):
                for some in these(wanted):
                    for site, id_, created in connection.execute(query, some):
                        found.setdefault((site, id_), set()).add(int(created))
        return found


def is_as_it_was(fresh: Any) -> ColumnElement[bool]:
    """The condition that a row to be written is of the same version as what is stored."""
    same = and_(issues.c.version == fresh.version, issues.c.version != "")
    return or_(same, issues.c.payload == fresh.payload)


def gone(connection: Connection, site: str, id_: str, reason: str, at: int, run: int = 0) -> None:
    """Notes that an issue which is still stored was found to be gone, and forgets what it was before.

    `run` is the crawl that found it; 0 for the last one that listed its project.
    """
    _note(connection, site, id_, reason, at, run)
    forgotten = update(past).where(past.c.site == site, past.c.id == id_).values(payload=b"")
    connection.execute(forgotten)


def forget(connection: Connection, site: str, id_: str) -> None:
    """Takes out all that is remembered of what was no issue."""
    for table in (past, availability):
        connection.execute(delete(table).where(table.c.site == site, table.c.id == id_))


def _lost(site: str, project: str, run: int) -> tuple[ColumnElement[bool], ...]:
    """The conditions that an event is of an issue that one crawl found to be gone in one project."""
    of = availability.c
    return of.site == site, of.crawled_project == project, of.run == run, of.reason != ""


def _note(connection: Connection, site: str, id_: str, reason: str, at: int, run: int = 0) -> None:
    """Adds an event; it may not be before the last one, nor at the same time."""
    project = connection.execute(
        select(issues.c.crawled_project).where(issues.c.site == site, issues.c.id == id_)
    ).scalar_one()
    if not reason:
        run = 0
    elif not run:
        verified = select(func.max(issues.c.verified)).where(issues.c.site == site, issues.c.crawled_project == project)
        run = int(connection.execute(verified).scalar() or 0)
    held = _held(connection, site, project, run) if reason else 0
    last = connection.execute(
        select(func.max(availability.c.at)).where(availability.c.site == site, availability.c.id == id_)
    ).scalar()
    at = max(at, int(last) + 1) if last is not None else at
    connection.execute(
        insert(availability).values(
            site=site, id=id_, at=at, crawled_project=project, run=run, held=held, reason=reason
        )
    )


def _held(connection: Connection, site: str, project: str, run: int) -> int:
    """Counts the issues of a project that were there before this crawl found the first of them to be gone."""
    noted = select(availability.c.held).where(*_lost(site, project, run))
    if (known := connection.execute(noted.limit(1)).scalar()) is not None:
        return int(known)
    present = select(func.count()).where(
        issues.c.site == site, issues.c.crawled_project == project, issues.c.stage != REMOVED
    )
    return int(connection.execute(present).scalar_one())
