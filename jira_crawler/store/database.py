"""Opens the database of a store: a file of one writer, or a server that several share; neither loses a commit."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from tenacity import Retrying, retry_if_exception_type, wait_fixed

from jira_crawler.exceptions import BadArgument
from jira_crawler.sentences import masked
from jira_crawler.store import exclusive_writer, migrations

SCHEMA_KEY = 0x6A697262
# Who is cut off from the server must not wait for hours to learn it, nor the server.
_NETWORK = {
    "connect_timeout": "10",
    "application_name": "jira_crawler",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "40000",
    "options": "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4",
}


def connect(url: str) -> Engine:
    """Opens a database by its SQLAlchemy URL and brings it to the present version; raises BadArgument if it cannot.

    An SQLite file is created readable by its owner only: it holds what Redact takes out of the feeds. A Postgres that
    goes away later is waited for.
    """
    engine: Engine | None = None
    try:
        with saying(url):
            engine = _engine(_parsed(url))
            with engine.begin() as connection:
                # Several may open it at once, and find that there is something to do. Who may not write learns it now.
                waiting = f"SELECT pg_advisory_xact_lock({SCHEMA_KEY})"
                connection.exec_driver_sql("BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else waiting)
                migrations.bring_up(connection)
    except BaseException:
        if engine:
            engine.dispose()
        raise
    if engine.dialect.name == "postgresql":
        event.listen(engine, "do_connect", _wait_for_it)
    return engine


def existing(output: Path, url: str) -> str:
    """Gives the URL of the store that is there already: that of the setting, or the one in an output folder.

    Raises BadArgument if there is none: whoever only reads it is not to make an empty one.
    """
    if not url and not (output / "store.sqlite").is_file():
        raise BadArgument(f"There is no store in {output}: crawl first, or set OUTPUT_DIR.")
    file = url.partition(":///")[2] if url.startswith("sqlite") else ""
    if file and not Path(file).is_file():
        raise BadArgument(f"There is no store {masked(url)}: crawl first, or set STORE_URL.")
    return url or f"sqlite:///{output / 'store.sqlite'}"


@contextmanager
def saying(url: str) -> Iterator[None]:
    """Turns whatever a database that cannot be opened raises into one sentence without a password."""
    try:
        yield
    except (SQLAlchemyError, OSError, ImportError, ValueError) as error:
        raise BadArgument(f"The store {masked(url)} cannot be opened: {_reason(error, url)}") from error


def _parsed(url: str) -> URL:
    """Reads a URL; what is none may be a password as a whole, and is not said."""
    try:
        return make_url(url)
    except (SQLAlchemyError, ValueError):
        raise BadArgument(
            "The store STORE_URL cannot be opened: it is no URL of a database, such as "
            "postgresql+psycopg://user:password@host/name."
        ) from None


def _engine(url: URL) -> Engine:
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _file(url)
    if backend != "postgresql" or url.drivername not in ("postgresql", "postgresql+psycopg"):
        raise ValueError("it is to be sqlite:///… or postgresql+psycopg://…")
    defaults = {name: value for name, value in _NETWORK.items() if name not in url.query}
    return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args=defaults)


def _file(url: URL) -> Engine:
    """Opens a store in a file, which is not to be somebody else's file that a link leads to."""
    name = url.database or ""
    if not name or name.startswith((":", "file:")) or url.query:
        raise ValueError("a store that is in no file forgets everything: name one, sqlite:///PATH")
    _make(Path(name))
    engine = create_engine(url)
    event.listen(engine, "connect", _make_durable)
    return engine


def _make(path: Path) -> None:
    """Makes the file if there is none.

    One that is there is not opened: whoever closes a file gives up all locks that its process has on it, also those of
    SQLite. Another process would take the store for one that nobody has open, and throw away what was not in it yet.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    except FileExistsError:
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None


def _make_durable(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _wait_for_it(dialect: Any, _record: object, arguments: Any, named: Any) -> Any:
    """Connects as usual, but for as long as it takes a server to come back."""
    waiting = Retrying(
        retry=retry_if_exception_type(dialect.dbapi.OperationalError),
        wait=wait_fixed(0.1),
        stop=exclusive_writer.patience.is_over,
        reraise=True,
    )
    return waiting(dialect.connect, *arguments, **named)


def _reason(error: Exception, url: str) -> str:
    """The line of an error that says what is wrong, without the password."""
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return "it is a symbolic link, and not followed."
    text = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error).strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [type(error).__name__]
    said = next((line for line in lines if "FATAL:" in line or "failed: " in line), lines[0])
    return masked(said, url).split("FATAL:")[-1].strip().rstrip(".") + "."
