"""Metrics of DuckDB, over the files as they lie there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.metrics.gold import Gold
from jira_crawler.metrics.silver import COLUMNS, LIST, TEXT, TIME, WHOLE
from jira_crawler.metrics.source import Source, source

_TYPES: Final = {TEXT: "VARCHAR", WHOLE: "BIGINT", TIME: "TIMESTAMPTZ", LIST: "VARCHAR[]"}

_BATCH: Final = 10_000  # rows in memory at once, where they are handed on


class Duck:
    """A connection in which every table is a view of its files."""

    def __init__(self, connection: duckdb.DuckDBPyConnection):
        self.connection = connection

    def ask(self, question: Any) -> list[tuple[Any, ...]]:
        return self.sql(ibis.to_sql(question, dialect="duckdb"))

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        """Gives the rows of a question in SQL; raises Refused for files that cannot be read."""
        return [row for rows in self.batches(text) for row in rows]

    def batches(self, text: str, *values: Any) -> Iterator[list[tuple[Any, ...]]]:
        """Gives the rows of a question a few at a time; nothing else is to be asked meanwhile."""
        try:
            asked = self.connection.execute(text, list(values))
            while rows := asked.fetchmany(_BATCH):
                yield rows
        except duckdb.Error as error:
            raise Refused(f"DuckDB cannot read the tables: {next(iter(str(error).splitlines()), '')}") from error

    def keep(self, rows: list[Gold]) -> None:
        """Keeps nothing: DuckDB only reads."""


@contextmanager
def duck(folder: Path) -> Iterator[Duck]:
    """Opens the tables of a folder; raises BadArgument where there are none."""
    with over(source(folder)) as engine:
        yield engine


@contextmanager
def over(tables: Source) -> Iterator[Duck]:
    """Opens files that are found already."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        engine = Duck(connection)
        for table, columns in COLUMNS.items():
            connection.execute(f"CREATE VIEW {table} AS {_select(engine, tables.files[table], table, columns)}")
        yield engine


def _select(engine: Duck, files: list[Path], table: str, columns: dict[str, str]) -> str:
    if not files:
        nothing = ", ".join(f'CAST(NULL AS {_TYPES[kind]}) AS "{name}"' for name, kind in columns.items())
        return f"SELECT {nothing} WHERE false"
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    read = f"FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
    there = {row[0] for row in engine.sql(f"DESCRIBE {read}")}
    if missing := [name for name in columns if name not in there]:
        raise BadArgument(f"The table {table} has no column {missing[0]}: scrapy tables writes it anew.")
    return (
        "SELECT "
        + ", ".join(f'CAST("{name}" AS {_TYPES[kind]}) AS "{name}"' for name, kind in columns.items())
        + f" {read}"
    )
