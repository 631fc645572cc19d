"""Ten questions to a folder of tables, and the engines that answer them, each from the files alone."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds

Answer = list[tuple[Any, ...]]
Frames = Callable[[str], pd.DataFrame]  # a table by its name


@dataclass(frozen=True, slots=True)
class Query:
    """A question in the SQL that all of them speak, and for pandas, which speaks none.

    `{unnest}` is what makes a row of each entry of a list, which is called otherwise everywhere.
    """

    sql: str
    frame: Callable[[Frames], pd.DataFrame]


def _count(frame: pd.DataFrame, by: list[str], **of: tuple[str, str]) -> pd.DataFrame:
    return frame.groupby(by, dropna=False).agg(n=("site", "size"), **of).reset_index()


def _joined(tables: Frames, one: str, other: str) -> pd.DataFrame:
    return tables(one).merge(tables(other), on=["site", "issue_id"], suffixes=("", "_other"))


QUERIES = {
    "availability": Query(
        "SELECT project, availability, count(*) AS n FROM issues GROUP BY project, availability",
        lambda tables: _count(tables("issues"), ["project", "availability"]),
    ),
    "years": Query(
        "SELECT extract(year FROM created) AS y, count(*) AS n, count(resolved) AS resolved, max(updated) AS latest "
        "FROM issues GROUP BY extract(year FROM created)",
        lambda tables: _count(
            tables("issues").assign(y=lambda them: them.created.dt.year),
            ["y"],
            resolved=("resolved", "count"),
            latest=("updated", "max"),
        ),
    ),
    "labels": Query(
        "SELECT label, count(*) AS n FROM (SELECT {unnest}(labels) AS label FROM issues) AS each "
        "WHERE label IS NOT NULL GROUP BY label",
        lambda tables: _count(tables("issues").explode("labels").dropna(subset="labels"), ["labels"]),
    ),
    "discussions": Query(
        "SELECT i.type, count(*) AS n, count(DISTINCT c.author_id) AS people, sum(length(c.body)) AS letters "
        "FROM comments AS c JOIN issues AS i ON c.site = i.site AND c.issue_id = i.issue_id GROUP BY i.type",
        lambda tables: _count(
            _joined(tables, "comments", "issues").assign(letters=lambda them: them.body.str.len()),
            ["type"],
            people=("author_id", "nunique"),
            letters=("letters", "sum"),
        ),
    ),
    "changes": Query(
        "SELECT field, count(*) AS n, count(DISTINCT history_id) AS edits, min(changed_at) AS earliest "
        "FROM changelog GROUP BY field",
        lambda tables: _count(
            tables("changelog"), ["field"], edits=("history_id", "nunique"), earliest=("changed_at", "min")
        ),
    ),
    "work": Query(
        "SELECT project, is_bot, count(*) AS n, sum(seconds) AS s FROM worklogs GROUP BY project, is_bot",
        lambda tables: _count(tables("worklogs"), ["project", "is_bot"], s=("seconds", "sum")),
    ),
    "fields": Query(
        "SELECT field_id, count(*) AS n, sum(value_number) AS total, max(value_time) AS latest "
        "FROM custom_fields GROUP BY field_id",
        lambda tables: _count(
            tables("custom_fields"), ["field_id"], total=("value_number", "sum"), latest=("value_time", "max")
        ),
    ),
    "stays": Query(
        "SELECT status, category, count(*) AS n, sum(seconds) AS s FROM status_intervals "
        "WHERE is_current = false GROUP BY status, category",
        lambda tables: _count(
            tables("status_intervals").query("is_current == False"), ["status", "category"], s=("seconds", "sum")
        ),
    ),
    "flow": Query(
        "SELECT i.priority, count(*) AS n, avg(f.cycle_s) AS cycle, max(f.lead_s) AS lead, sum(f.reopened) AS reopened "
        "FROM issue_flow AS f JOIN issues AS i ON f.site = i.site AND f.issue_id = i.issue_id GROUP BY i.priority",
        lambda tables: _count(
            _joined(tables, "issue_flow", "issues"),
            ["priority"],
            cycle=("cycle_s", "mean"),
            lead=("lead_s", "max"),
            reopened=("reopened", "sum"),
        ),
    ),
    "files_and_links": Query(
        "SELECT state, count(*) AS n, sum(size) AS size FROM attachments GROUP BY state "
        "UNION ALL SELECT direction, count(*) AS n, sum(other_id) AS size FROM issuelinks GROUP BY direction "
        "UNION ALL SELECT application, count(*) AS n, sum(pr_number) AS size FROM remote_links GROUP BY application",
        lambda tables: pd.concat(
            _count(tables(table), [by], size=(of, "sum")).rename(columns={by: "of"})
            for table, by, of in (
                ("attachments", "state", "size"),
                ("issuelinks", "direction", "other_id"),
                ("remote_links", "application", "pr_number"),
            )
        ),
    ),
}
TABLES = sorted(
    {
        *("issues", "comments", "changelog", "worklogs", "custom_fields", "status_intervals", "issue_flow"),
        *("attachments", "issuelinks", "remote_links"),
    }
)


@contextmanager
def engines(folder: Path) -> Iterator[dict[str, Callable[[Query], Answer]]]:
    """Opens every engine over a folder of tables; each gives the rows of an answer, alike and in one order."""
    with ExitStack() as stack:
        spark = stack.enter_context(_spark(folder))
        by_files, by_arrow = (stack.enter_context(duckdb.connect()) for _ in range(2))
        for connection in (by_files, by_arrow):
            connection.execute("SET TimeZone = 'UTC'")
        for table in TABLES:
            by_files.execute(f"CREATE VIEW {table} AS SELECT * FROM '{folder}/{table}/*.parquet'")
            by_arrow.register(table, _dataset(folder, table))
        polars = pl.SQLContext({table: pl.scan_parquet(f"{folder}/{table}/*.parquet") for table in TABLES})
        yield {
            "DuckDB": lambda query: _alike(by_files.execute(query.sql.format(unnest="unnest")).fetchall()),
            "pyarrow": lambda query: _alike(by_arrow.execute(query.sql.format(unnest="unnest")).fetchall()),
            "pandas": lambda query: _alike(query.frame(lambda table: _frame(folder, table)).itertuples(index=False)),
            "Polars": lambda query: _alike(polars.execute(query.sql.format(unnest="unnest")).collect().rows()),
            "Spark SQL": lambda query: _alike(spark.sql(query.sql.format(unnest="explode")).collect()),
        }


def _dataset(folder: Path, table: str) -> Any:
    return ds.dataset(sorted(map(str, (folder / table).glob("*.parquet"))))


def _frame(folder: Path, table: str) -> pd.DataFrame:
    return _dataset(folder, table).to_table().to_pandas()


@contextmanager
def _spark(folder: Path) -> Iterator[Any]:
    """A session of PySpark's own client with a server that is in this process, and needs no Java."""
    from pysail.spark import SparkConnectServer

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        from pyspark.sql import SparkSession

        server = SparkConnectServer(ip="127.0.0.1", port=0)
        server.start(background=True)
        host, port = server.listening_address
        # A process of pytest-xdist has no file, which PySpark takes for its own doctests.
        with mock.patch.object(sys.modules["__main__"], "__file__", __file__, create=True):
            session = SparkSession.builder.remote(f"sc://{host}:{port}").getOrCreate()
        try:
            session.conf.set("spark.sql.session.timeZone", "UTC")
            for table in TABLES:
                session.read.parquet(str(folder / table)).createOrReplaceTempView(table)
            yield session
        finally:
            session.stop()
            server.stop()


def _alike(rows: Any) -> Answer:
    """Makes rows comparable: the sum of nothing is 0 or nothing, and times come with or without UTC."""
    return sorted((tuple(map(_value, row)) for row in rows), key=repr)


def _value(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and isnan(value)):
        return 0.0
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, (str, bool)):
        return value
    return float(f"{float(value):.9g}")  # in which order engines add differs
