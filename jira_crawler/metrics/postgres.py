"""Metrics of a Postgres, which is first filled with what the tables hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import ibis
import psycopg

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.metrics.duck import over
from jira_crawler.metrics.engine import Where
from jira_crawler.metrics.filling import Connection, fill, keep
from jira_crawler.metrics.gold import Gold
from jira_crawler.metrics.source import source
from jira_crawler.sentences import masked

PATIENCE: Final = 10  # seconds that a server may take to let us in
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('jira_crawler metrics', 0))"

# What we ask joins by keys and goes through everything. Postgres cannot tell how many rows are left behind several
# outer joins, takes it for one, and would go through a table once for each of a hundred thousand.
_SETTINGS: Final = ("enable_nestloop TO off", "work_mem TO '64MB'", "jit TO off")


class Postgres:
    """A connection to a database whose silver tables are as the files."""

    def __init__(self, connection: Connection):
        self.connection = connection

    def ask(self, question: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(ibis.to_sql(question, dialect="postgres").encode()).fetchall()

    def keep(self, rows: list[Gold]) -> None:
        with self.connection.transaction():
            keep(self.connection, rows)


@contextmanager
def postgres(where: Where) -> Iterator[Postgres]:
    """Fills the database at a URL from a folder of tables, and holds it against others as long as it is open.

    Raises Refused, in one sentence, where the database is away, another folder's, or being filled.
    """
    if not where.postgres:
        raise BadArgument("The engine postgres needs METRICS_URL, such as postgresql://USER@HOST/DATABASE.")
    found = source(Path(where.tables))
    try:
        url = where.postgres.replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(url, autocommit=True, connect_timeout=PATIENCE) as connection:
            if connection.execute(_LOCK).fetchone() != (True,):
                raise BadArgument(f"Somebody else is filling {masked(url)}: wait until that has ended.")
            with over(found) as files, connection.transaction():
                fill(connection, files, found.store, masked(url))
            for setting in _SETTINGS:
                connection.execute(f"SET {setting}".encode())
            yield Postgres(connection)
    except psycopg.Error as error:
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise Refused(
            f"The Postgres of METRICS_URL cannot be used: {masked(said, where.postgres).rstrip('.')}."
        ) from error
