"""What is refined, opened wherever it is refined: a store, or a snapshot of one. No address has a password."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.items import RawIssue
from jira_crawler.refine.source import PayloadSource, Range, StoredIssue, cut
from jira_crawler.settings import secret
from jira_crawler.store import tally
from jira_crawler.store.database import connect, existing
from jira_crawler.store.store import Store
from jira_crawler.store.tables import issues

_STORES = ("sqlite:", "postgresql:", "postgresql+psycopg:")  # any other address is a snapshot's
_SOME = 500  # issues that are read at a time
_COLUMNS = ("site", "id", "crawled_project", "key", "base_url", "dialect", "fetched_at", "cut")
_PLACE = issues.c.site, issues.c.id


class StoredPayloads:
    """The issues of a store, or of some of its projects."""

    def __init__(self, store: Store, address: str, projects: Collection[str] = ()):
        self.store, self.address, self.projects = store, address, projects

    def ranges(self, size: int) -> Iterator[Range]:
        """Cuts them into ranges; no payload is read for that."""
        query = select(*(issues.c[name] for name in _COLUMNS)).where(tally.holds(self.projects)).order_by(*_PLACE)
        with self.store.engine.connect() as connection:
            rows = connection.execution_options(yield_per=1_000).execute(query)
            yield from cut((_issue(b"", *row) for row in rows), size)

    def read(self, part: Range) -> Iterator[StoredIssue]:
        """Gives what is in a range by now, payloads compressed."""
        query = select(*(issues.c[name] for name in ("payload", *_COLUMNS))).where(tally.holds(self.projects))
        query = query.where(issues.c.site == part.site, issues.c.id <= part.last).order_by(issues.c.id).limit(_SOME)
        after = issues.c.id >= part.first
        while rows := self._rows(query.where(after)):
            yield from (_issue(*row) for row in rows)
            after = issues.c.id > rows[-1].id

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        with self.store.engine.connect() as connection:
            return connection.execute(query).all()

    def close(self) -> None:
        """Lets go of the store."""
        self.store.close()


def _issue(
    payload: bytes, site: str, id_: str, project: str, key: str, base: str, dialect: str, at: int, short: str
) -> StoredIssue:
    raw = RawIssue.stored(
        site=site,
        identity=id_,
        key=key,
        project=project,
        base_url=base,
        dialect=dialect,
        fetched=at,
        cut=short,
        payload=payload,
    )
    return StoredIssue(id_, raw)


def opened(address: str, projects: Collection[str] = ()) -> PayloadSource:
    """Opens a source by its address, in whichever process this is.

    A store's password is that of STORE_URL in the environment of the process, if that is the same store, or what the
    database's own client finds; who may read a snapshot is said in the environment, too. Raises Refused, with one
    sentence, where there is none.
    """
    if not is_store(address):
        from jira_crawler.snapshot.source import Snapshot  # only who reads one pays for Arrow

        return Snapshot.opened(address, secret, projects)
    return StoredPayloads(store_at(address), address, projects)


def store_at(address: str) -> Store:
    """Opens the store at an address; raises Refused, with one sentence, where there is none."""
    own = secret("STORE_URL")
    url = own if own and without_password(own) == address else address
    return Store(connect(existing(Path(), url)))


def is_store(address: str) -> bool:
    """Whether an address is that of a store, and not of a snapshot."""
    return address.startswith(_STORES)


def share(url: str) -> None:
    """Lets workers that are begun on this machine know the URL of a store, with its password."""
    if url:
        os.environ["STORE_URL"] = url


def without_password(url: str) -> str:
    """Gives the URL of a store as others may see it; "" for what is none."""
    try:
        bare = make_url(url)._replace(password=None)  # `set` takes None for no change
        return bare.difference_update_query(["password"]).render_as_string(hide_password=False)
    except (SQLAlchemyError, ValueError):
        return ""


def address_of(output: Path, url: str) -> str:
    """Gives the address of the store that is in a folder, or at a URL; raises BadArgument if there is none."""
    found = existing(output, url)
    if found.startswith("sqlite:///"):
        found = f"sqlite:///{Path(found.removeprefix('sqlite:///')).resolve()}"
    return without_password(found)
