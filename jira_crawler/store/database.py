"""Opens the database of a store, made ready for one writer that must not lose what it committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateColumn

from jira_crawler.exceptions import BadArgument
from jira_crawler.store.tables import metadata


def connect(url: str) -> Engine:
    """Opens a database by its SQLAlchemy URL and makes the tables it lacks; raises BadArgument if it cannot.

    An SQLite file is created readable by its owner only: it holds what Redact takes out of the feeds.
    """
    try:
        parsed = make_url(url)
        shown = parsed.render_as_string(hide_password=True)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).touch(mode=0o600)
        engine = create_engine(parsed)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _make_durable)
        metadata.create_all(engine)
        _add_columns(engine)
    except (SQLAlchemyError, OSError, ImportError) as error:
        place = shown if "shown" in locals() else "STORE_URL"
        raise BadArgument(f"The store {place} cannot be opened: {_first_line(error)}") from error
    return engine


def _add_columns(engine: Engine) -> None:
    """Adds the columns that a store of an earlier version lacks."""
    for table in metadata.sorted_tables:
        there = {column["name"] for column in inspect(engine).get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                with engine.begin() as connection:
                    connection.exec_driver_sql(
                        f"ALTER TABLE {table.name} ADD COLUMN {CreateColumn(column).compile(engine)}"
                    )


def _make_durable(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
