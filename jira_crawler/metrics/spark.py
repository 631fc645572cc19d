"""Metrics of a Spark, asked over Spark Connect; what it reads are the files, so it has to see them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import ibis

from jira_crawler.engines.spark_session import knock as _knock
from jira_crawler.engines.spark_session import session as _session
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.metrics.engine import Where
from jira_crawler.metrics.gold import Gold
from jira_crawler.metrics.silver import COLUMNS, LIST, NEEDED, TEXT, TIME, WHOLE
from jira_crawler.metrics.source import source
from jira_crawler.sentences import masked, quoted

_TYPES: Final = {TEXT: "STRING", WHOLE: "BIGINT", TIME: "TIMESTAMP", LIST: "ARRAY<STRING>"}


class Spark:
    """A session in which every table is a view of its files."""

    def __init__(self, session: Any):
        self.session = session

    def ask(self, question: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.sql(ibis.to_sql(question, dialect="pyspark")).collect()]

    def keep(self, rows: list[Gold]) -> None:
        """Keeps nothing: Spark only reads."""


@contextmanager
def spark(where: Where) -> Iterator[Spark]:
    """Opens a session at a URL of Spark Connect over the tables, which the server reads by itself.

    Raises Refused, in one sentence, where the server is away, or does not find the files.
    """
    if not where.spark:
        raise BadArgument("The engine spark needs SPARK_REMOTE, such as sc://HOST:15002.")
    _knock(where.spark)
    with _in_a_sentence(where.spark):
        session = _session(where.spark)
        try:
            with over(session, where.tables) as engine:
                yield engine
        finally:
            session.stop()


@contextmanager
def over(session: Any, tables: str) -> Iterator[Spark]:
    """Makes a session that there is ready to be asked, one of Spark Connect or of a job's own; it is left open."""
    with _in_a_sentence(""):
        session.conf.set("spark.sql.session.timeZone", "UTC")
        paths = _paths(tables)
        for table, columns in COLUMNS.items():
            _view(session, table, columns, paths[table], is_url="://" in tables)
        yield Spark(session)


@contextmanager
def _in_a_sentence(url: str) -> Iterator[None]:
    """Says in one sentence what PySpark and gRPC say in many, without what is secret in a URL."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("pyspark", "grpc", "py4j"):
            raise
        said = quoted(masked(next(iter(str(error).strip().splitlines()), type(error).__name__), url))
        raise Refused(f"Spark cannot be used: {said.rstrip('.')}.") from error


def _paths(tables: str) -> dict[str, list[str]]:
    """Gives what Spark is to read for each table: files by their names, or what is below a URL."""
    if "://" in tables:
        return {table: [f"{tables.rstrip('/')}/{table}"] for table in COLUMNS}
    # Spark takes such an address as it stands: a blank is not to be written as %20.
    return {table: [f"file://{path}" for path in files] for table, files in source(Path(tables)).files.items()}


def _view(session: Any, table: str, columns: dict[str, str], paths: list[str], *, is_url: bool) -> None:
    frame = _read(session, table, paths, is_url=is_url)
    if frame is None:
        nothing = ", ".join(f"CAST(NULL AS {_TYPES[kind]}) AS `{name}`" for name, kind in columns.items())
        session.sql(f"SELECT {nothing} WHERE false").createOrReplaceTempView(table)
        return
    if missing := [name for name in columns if name not in frame.columns]:
        raise BadArgument(f"The table {table} has no column {missing[0]}: scrapy tables writes it anew.")
    cast = [f"CAST(`{name}` AS {_TYPES[kind]}) AS `{name}`" for name, kind in columns.items()]
    frame.selectExpr(*cast).createOrReplaceTempView(table)


def _read(session: Any, table: str, paths: list[str], *, is_url: bool) -> Any | None:
    """Gives a table as the server reads it; None for one that need not be there, and is not as far as we can see."""
    from pyspark.errors import PySparkException

    if not paths:
        return None
    try:
        frame = session.read.parquet(*paths)
        said = "" if frame.columns else "no columns"  # asks the server, which looks for the files only now
    except PySparkException as error:
        said = str(error)
    if not said:
        return frame
    if table not in NEEDED and is_url:
        return None
    raise Refused(
        f"Spark does not find {paths[0]}: it has to see the tables as this machine does, or where --tables says. "
        f"It said: {quoted(said)}"
    )
