"""What is to be known of an issue before it is forgotten, taking it out, and who is not to come back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from jira_crawler.refine.deduplicate import STAGE, duplicate_of
from jira_crawler.store.changes import Identity, record
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.link_tables import landings, links, pairs, signs
from jira_crawler.store.repository_tables import pieces, repository_items
from jira_crawler.store.rows import REMOVED
from jira_crawler.store.tables import (
    announced,
    attachments,
    availability,
    deliveries,
    forgotten,
    identities,
    issues,
    missed,
    past,
    remote_links,
    these,
)

# Tables that hold something of an issue, by `site` and `id`, besides its own row, and what that is called when counted.
OF_AN_ISSUE: Final[dict[str, Table]] = {
    "earlier versions": past,
    "times it was gone or back": availability,
    "links to elsewhere": remote_links,
    "what became of its files": attachments,
    "what it says of others": signs,
    "links to changes": links,
    "pairs with changes": pairs,
    "how it landed": landings,
    "pieces of answers": pieces,
    "how far these are known": repository_items,
}
_PATIENCE: Final = "30s"  # that a server may take to let us have a table for ourselves
_F = forgotten.c


@dataclass(frozen=True, slots=True)
class Found:
    """An issue that can be forgotten: `keys` are all that it is known to have had, the present one first.

    `created` is in epoch ms, 0 where nobody knows it. `is_forgotten`: it was asked for before.
    """

    site: str
    id: str
    keys: tuple[str, ...]
    project: str
    created: int = 0
    is_forgotten: bool = False

    @property
    def identity(self) -> Identity:
        return self.site, self.id

    @property
    def key(self) -> str:
        return next(iter(self.keys), "")


class Erasure:
    """The part of the store that forgets issues, and remembers that it did."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def all(self) -> set[Identity]:
        """Gives all issues that are forgotten: few, as a person asked for each."""
        with self.engine.connect() as connection:
            return {(site, id_) for site, id_ in connection.execute(select(_F.site, _F.id))}

    @retry_on_disconnect
    def among(self, identities: Iterable[Identity]) -> set[Identity]:
        """Finds those of some issues that are forgotten."""
        with self.engine.connect() as connection:
            return forgotten_among(connection, identities)

    @retry_on_disconnect
    def find(self, name: str, site: str = "") -> list[Found]:
        """Finds the issues that have a key or an id, or had the key once, on one site or on any.

        Issues that only deliveries name, and those that were forgotten by now, are found, too.
        """
        with self.engine.connect() as connection:
            named: set[Identity] = set()
            for table in (issues, past, announced, missed, forgotten):
                columns = table.c.site, table.c.id
                by = select(*columns).where((table.c.id == name) | (func.upper(table.c.key) == name.upper()))
                named |= {(of, id_) for of, id_ in connection.execute(by.distinct()) if site in ("", of)}
            return [_known(connection, *identity) for identity in sorted(named)]

    def erase(self, found: Found, at: int) -> dict[str, int]:
        """Takes an issue out of the store in one transaction, and notes (`at`, ms) that it is not to come back.

        Gives what there was of it, by name. Its lines stay in the feed until that is compacted, as no row names them.
        """
        counted: dict[str, int] = {}
        with self.writer.begin() as connection:
            _note(connection, found, at)
            this = (issues.c.site == found.site, issues.c.id == found.id)
            content = connection.execute(select(issues.c.content).where(*this)).scalar()
            rows = connection.execute(update(issues).where(*this).values(stage=REMOVED)).rowcount
            if rows:
                record(connection, [found.identity])
                connection.execute(delete(issues).where(*this))
                connection.execute(update(identities).values(unjudged=1))  # what others say because of it goes, too
            counted["rows"] = rows
            for name, table in OF_AN_ISSUE.items():
                gone = delete(table).where(table.c.site == found.site, table.c.id == found.id)
                counted[name] = connection.execute(gone).rowcount
            for name, table in {"links to changes": links, "pairs with changes": pairs}.items():  # as the change
                gone = delete(table).where(table.c.other_site == found.site, table.c.other_id == found.id)
                counted[name] += connection.execute(gone).rowcount
            if content:  # those that were dropped for it wait for the next crawl, which looks at them again
                reasons = [duplicate_of(key) for key in found.keys]
                named = (issues.c.stage == STAGE, issues.c.content == content, issues.c.reason.in_(reasons))
                connection.execute(update(issues).where(*named).values(reason="duplicate"))
        return counted

    @retry_on_disconnect
    def same_text(self, found: Found) -> list[str]:
        """Gives the keys of other issues that say the very same, which stay."""
        content = select(issues.c.content).where(issues.c.site == found.site, issues.c.id == found.id).scalar_subquery()
        other = (issues.c.content == content, issues.c.content != "", issues.c.id != found.id)
        with self.engine.connect() as connection:
            return list(connection.scalars(select(issues.c.key).where(*other).order_by(issues.c.number).limit(100)))

    @retry_on_disconnect
    def missed(self, found: Found) -> int:
        """Counts how often it was noted that no delivery had announced a change of an issue."""
        query = select(func.count()).where(missed.c.site == found.site, missed.c.id == found.id)
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    @retry_on_disconnect
    def erase_missed(self, found: Found) -> None:
        """Takes these notes out, also where no delivery named the issue."""
        with self.writer.begin() as connection:
            connection.execute(delete(missed).where(missed.c.site == found.site, missed.c.id == found.id))

    @retry_on_disconnect
    def lift(self, found: Found) -> bool:
        """Lets an issue come again; tells whether it was forgotten."""
        with self.writer.begin() as connection:
            lifted = delete(forgotten).where(_F.site == found.site, _F.id == found.id)
            return bool(connection.execute(lifted).rowcount)

    def scrub(self) -> str:
        """Lets no byte of what was deleted stay in the files of the database; says why where that cannot be done.

        Deleted rows are overwritten by SQLite at once, but what was copied from page to page before is not, nor is the
        log. A server keeps dead rows until it writes their tables anew, for which nobody else may use them.
        """
        statements = (
            [f"SET lock_timeout = '{_PATIENCE}'", f"VACUUM (FULL) {', '.join(sorted(_tables()))}", "RESET lock_timeout"]
            if self.writer.is_shared
            else ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]
        )
        try:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                for statement in statements:
                    connection.execute(text(statement))
        except DBAPIError as error:
            return str(error.orig).splitlines()[0]
        return ""


def forgotten_among(connection: Connection, identities: Iterable[Identity]) -> set[Identity]:
    """Finds those of some issues that are forgotten, inside a transaction of somebody else's."""
    found: set[Identity] = set()
    for some in these(identities):
        query = select(_F.site, _F.id).where(_F.site == some["of"], _F.id.in_(some["those"]))
        found |= {(site, id_) for site, id_ in connection.execute(query)}
    return found


def named_of_forgotten(connection: Connection, site: str, ids: Collection[str], run: int, project: str) -> set[str]:
    """Notes that a listing of ids of a project (`run`) names forgotten issues, and gives which of `ids` these are."""
    known = {id_ for _, id_ in forgotten_among(connection, [(site, id_) for id_ in ids])}
    for id_ in sorted(known):
        here = update(forgotten).where(_F.site == site, _F.id == id_)
        connection.execute(here.values(verified=run, gone=0, crawled_project=project))
    return known


def _tables() -> set[str]:
    of = {table.name for table in OF_AN_ISSUE.values()}
    return of | {issues.name, deliveries.name, announced.name, missed.name}


def _note(connection: Connection, found: Found, at: int) -> None:
    known = select(_F.id).where(_F.site == found.site, _F.id == found.id)
    if connection.execute(known).first() is None:
        told: dict[str, Any] = {"site": found.site, "id": found.id, "key": found.key, "at": at}
        told |= {"crawled_project": found.project, "created": found.created, "verified": 0, "gone": 0}
        connection.execute(insert(forgotten).values(told))


def _known(connection: Connection, site: str, id_: str) -> Found:
    """Puts together what is known of an issue by its id."""
    keys: list[str] = []
    for table, order in ((issues, None), (past, past.c.seen.desc()), (announced, announced.c.number.desc())):
        query = select(table.c.key).where(table.c.site == site, table.c.id == id_)
        keys += connection.scalars(query if order is None else query.order_by(order))
    row = connection.execute(
        select(issues.c.crawled_project, issues.c.created).where(issues.c.site == site, issues.c.id == id_)
    ).first()
    noted = connection.execute(
        select(_F.key, _F.crawled_project, _F.created).where(_F.site == site, _F.id == id_)
    ).first()
    keys = [key for key in dict.fromkeys([*keys, noted.key if noted else ""]) if key]
    project, created = row or (noted[1:] if noted else (keys[0].rpartition("-")[0].upper() if keys else "", 0))
    return Found(site, id_, tuple(keys), project, created, is_forgotten=noted is not None)
