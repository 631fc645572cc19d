"""Who may change a store that several processes share, and what happens when its server is gone for a while."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from math import inf
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from tenacity import Retrying, retry_if_exception, wait_exponential

logger = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds that a Postgres which went away is waited for
SILENCE = "30s"  # after which whoever holds the others up, stopped or cut off, loses the lock and its session
_KEY = 0x6A697261  # any number that all of us take
_PASSING = {"08", "40", "57"}  # classes of SQLSTATE: connection, transaction rolled back, operator intervened
_TOO_MANY = "53300"  # connections
_WAITED = "55P03"  # for a lock, as long as one may
_here = threading.local()
T = TypeVar("T")
M = TypeVar("M", bound=Callable[..., Any])


class Patience:
    """How long the threads of this process wait for a server that is away: a minute, if nothing else is said.

    A crawl that goes on for ever lets them wait for as long as it does (`lasts`), and all of them together no longer
    than a while once it is told to end (`ends`).
    """

    def __init__(self) -> None:
        self._lasts, self._end = False, inf

    def lasts(self) -> None:
        """Lets all threads wait until somebody says that it ends."""
        self._lasts, self._end = True, inf

    def ends(self, seconds: float) -> None:
        """Lets no thread wait for longer than so many seconds from now."""
        self._lasts, self._end = False, time.monotonic() + seconds

    def is_over(self, attempts: Any) -> bool:
        """Whether a thread that has made so many attempts (tenacity's state) is to give up."""
        if not self.is_had_here:
            return True
        waited: float = attempts.seconds_since_start
        return not self._lasts and (waited > PATIENCE or time.monotonic() > self._end)

    @property
    def is_had_here(self) -> bool:
        """Whether this thread may wait at all."""
        return not getattr(_here, "must_not_wait", False)

    def none_here(self, *, none: bool = True) -> None:
        """Lets this thread wait for nothing from now on: it has others to serve, and is told at once."""
        _here.must_not_wait = none


patience = Patience()


class ExclusiveWriter:
    """The right to change the store: on Postgres one process has it at a time; on SQLite the folder's lock gives it.

    What changes the store in a block goes through the session that holds the lock: whoever loses the one has lost
    the other, and changes nothing any more. Each thread has a session of its own, as if it were another process.
    """

    def __init__(self, engine: Engine):
        self.engine = engine
        self.is_shared = engine.dialect.name == "postgresql"
        self._of_thread = threading.local()

    @property
    def _held(self) -> Connection | None:
        return getattr(self._of_thread, "session", None)

    @_held.setter
    def _held(self, session: Connection | None) -> None:
        self._of_thread.session = session

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Waits until nobody else changes the store, and keeps them out until the end of the block."""
        if self._held or not self.is_shared:
            yield
            return
        with self.engine.connect() as connection:
            self._take(connection)
            self._held = connection
            try:
                yield
            finally:
                self._held = None
                self._release(connection)

    def _take(self, connection: Connection) -> None:
        """Waits for the lock; whoever has it and has said nothing for so long is ended by those who wait.

        The server's own limits do not count in the middle of a batch, where a process may be stopped as well.
        """
        asked = f"{self._limits()} SET lock_timeout = '{SILENCE}'; SELECT pg_advisory_lock({_KEY}); RESET lock_timeout"
        while True:
            try:
                _tell(connection, asked)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) != _WAITED:
                    raise
                connection.rollback()
                _tell(connection, _silent())
            else:
                return

    def _limits(self) -> str:
        names = ["idle_in_transaction_session_timeout"]
        if (self.engine.dialect.server_version_info or ()) >= (14,):
            names.append("idle_session_timeout")
        return " ".join(f"SET {name} = '{SILENCE}';" for name in names)

    def _release(self, connection: Connection) -> None:
        """Gives the lock back; a session that cannot do so is closed, which does it, too."""
        try:
            connection.rollback()
            _tell(connection, "RESET ALL; SELECT pg_advisory_unlock_all()")
        except DBAPIError:
            connection.invalidate()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Gives a transaction that changes the store."""
        if not self.is_shared:
            with self.engine.begin() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # what is read is still so when something is written
                yield connection
            return
        with self():
            assert self._held  # noqa: S101 - what `self()` sees to
            with self._held.begin():
                yield self._held

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """Gives a transaction that changes what is not of issues: on a server it waits for nobody who changes these."""
        with self.engine.begin() if self.is_shared else self.begin() as connection:
            yield connection

    def retry(self, operation: Callable[[], T], recover: Callable[[], T] | None = None) -> T:
        """Does what may be done twice; where the server goes away in the middle, once more when it is back.

        `recover` is done in place of `operation` from the second time on. Inside `with writer()` nothing is repeated:
        the lock has gone with the server, so that the block has to be.
        """
        try:
            return operation()
        except DBAPIError as error:
            if not self._may_be_over(error) or not patience.is_had_here:
                raise
        logger.warning("The store went away in the middle of something, which is done again when it is back.")
        trying = Retrying(
            retry=retry_if_exception(self._may_be_over),
            wait=wait_exponential(multiplier=0.05, max=1),
            stop=patience.is_over,
            reraise=True,
        )
        return trying(recover or operation)

    def _may_be_over(self, error: BaseException) -> bool:
        return not self._held and isinstance(error, DBAPIError) and is_lost(error)


def retry_on_disconnect(method: M) -> M:
    """Makes a method wait for a server that goes away and do its work again; for work that may be done twice.

    It belongs to a class with a `writer`.
    """

    @wraps(method)
    def waiting(self: Any, *arguments: Any, **named: Any) -> Any:
        return self.writer.retry(partial(method, self, *arguments, **named))

    return cast(M, waiting)


def is_lost(error: DBAPIError) -> bool:
    """Whether a Postgres, or the way to it, is gone or has no place for us; that may be over in a moment."""
    if not type(error.orig).__module__.startswith("psycopg"):
        return False
    state = getattr(error.orig, "sqlstate", None)
    passing = state is None or state[:2] in _PASSING or state == _TOO_MANY
    return error.connection_invalidated or (isinstance(error, (OperationalError, InterfaceError)) and passing)


def _silent() -> str:
    """Ends the session that has the lock, if it is waited for by the server, and has been for so long."""
    return f"""
        SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'advisory' AND granted AND (classid, objid, objsubid) = (0, {_KEY}, 1)
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND usename = current_user AND wait_event = 'ClientRead'
        AND state_change < clock_timestamp() - interval '{SILENCE}'
    """  # noqa: S608 - made of two constants


def _tell(connection: Connection, statements: str) -> None:
    connection.exec_driver_sql(statements)
    connection.commit()
