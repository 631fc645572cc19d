"""Which folder the feeds of one process are in, and that no second process writes to another one meanwhile."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError

from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.file_lock import open_lock, try_lock
from jira_crawler.store.tables import identities

_KEY = 0x6A697263  # any number that is not the one of `ExclusiveWriter`


class HomeFolder(NamedTuple):
    """The name of a folder among all that there are, None if nobody has noted it, and where it was seen last."""

    name: str | None
    path: str


class Home:
    """The part of the store that knows its folder. Workers have no part in it: they bring folders of their own."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine
        self._session: Connection | None = None
        self._file: int | None = None

    def take(self) -> bool:
        """Takes the store for one process; False if another one has it. Closing gives it back, as does dying."""
        if self.writer.is_shared:
            return self._take_session()
        if self._file is None and (path := self.engine.url.database):
            handle = open_lock(_beside(Path(path)))
            if not try_lock(handle):
                os.close(handle)
                return False
            self._file = handle
        return True

    def _take_session(self) -> bool:
        """Takes a lock that ends with its session; one that was lost with its server is taken anew."""
        self._give_back()
        session = self.engine.connect()
        try:
            if (self.engine.dialect.server_version_info or ()) >= (14,):
                session.exec_driver_sql("SET idle_session_timeout = 0")
            taken = bool(session.exec_driver_sql(f"SELECT pg_try_advisory_lock({_KEY})").scalar())
            session.commit()
        except BaseException:
            session.invalidate()
            session.close()
            raise
        self._session = session
        if not taken:
            self._give_back()
        return taken

    def _give_back(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        try:
            session.exec_driver_sql(f"RESET ALL; SELECT pg_advisory_unlock({_KEY})")
            session.commit()
        except DBAPIError:
            session.invalidate()
        session.close()

    def close(self) -> None:
        self._give_back()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @retry_on_disconnect
    def folder(self) -> HomeFolder:
        with self.engine.connect() as connection:
            found = connection.execute(select(identities.c.home, identities.c.place)).first()
        return HomeFolder(found.home, found.place or "") if found else HomeFolder(None, "")

    @retry_on_disconnect
    def move(self, name: str, path: Path) -> None:
        """Notes the folder that the feeds of one process are in from now on."""
        with self.writer.begin() as connection:
            connection.execute(update(identities).values(home=name, place=str(path)))

    def is_in(self, folder: Path) -> bool:
        """Whether the store is a file of that very folder, and is moved and copied with it."""
        database = None if self.writer.is_shared else self.engine.url.database
        return bool(database) and Path(str(database)).resolve().parent == folder.resolve()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")
