"""Silver in Postgres: each day's issues with all that belongs to them, replaced as a whole where something is another.

A day is that of the creation of the issue or pull request, in UTC. The ledger `filled` says by which digest a day
was filled, so that a run after nothing changed writes nothing, and one that is repeated leaves the same rows. It is all
one transaction: whoever reads meets one run or the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from jira_crawler.exceptions import BadArgument
from jira_crawler.metrics.duck import Duck
from jira_crawler.metrics.gold import SCHEMA, Gold
from jira_crawler.metrics.silver import COLUMNS, LIST, TEXT, TIME, WHOLE

VERSION: Final = 1  # of the silver tables; those of another one are made anew
_TYPES: Final = {TEXT: SQL("text"), WHOLE: SQL("bigint"), TIME: SQL("timestamptz"), LIST: SQL("text[]")}
_GOLD: Final = {
    "date32[day]": SQL("date"),
    "string": SQL("text"),
    "int64": SQL("bigint"),
    "double": SQL("double precision"),
}
_NO_DAY: Final = "DATE '0001-01-01'"  # of what has no creation time
Connection = psycopg.Connection[tuple[Any, ...]]


def fill(connection: Connection, files: Duck, store: str, called: str) -> int:
    """Brings the silver tables to what the files hold; gives how many days of tables were written or taken away.

    Raises BadArgument for a database that is another store's; `called` is its name in that sentence.
    """
    _make(connection, store, called)
    told = sum(_fill_table(connection, files, table) for table in COLUMNS)
    if told:
        connection.execute(SQL("ANALYZE {}").format(_named(COLUMNS)))
    return told


def keep(connection: Connection, rows: list[Gold]) -> None:
    """Puts figures into the table `gold`, in place of those of the same day and metric."""
    with connection.cursor() as cursor:
        of = sorted({(row.as_of, row.metric) for row in rows})
        cursor.executemany("DELETE FROM gold WHERE as_of = %s AND metric = %s", of)
        with cursor.copy(SQL("COPY gold ({}) FROM STDIN").format(_named(SCHEMA.names))) as copy:
            for row in rows:
                copy.write_row([_fitting(value) for value in row.values()])


def _make(connection: Connection, store: str, called: str) -> None:
    """Makes what is not there, all in a schema of its own."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS jira_metrics")
    connection.execute("SET search_path TO jira_metrics")
    connection.execute("CREATE TABLE IF NOT EXISTS origin (store text NOT NULL, version int NOT NULL)")
    found = connection.execute("SELECT store, version FROM origin").fetchone()
    if found and found[0] != store:
        raise BadArgument(f"{called} was filled from the tables of another store: give each a database of its own.")
    if found and found[1] != VERSION:
        connection.execute(SQL("DROP TABLE IF EXISTS {}").format(_named((*COLUMNS, "filled"))))
    ledger = "tables text NOT NULL, day date NOT NULL, digest text NOT NULL, PRIMARY KEY (tables, day)"
    connection.execute(f"CREATE TABLE IF NOT EXISTS filled ({ledger})")
    for table, columns in COLUMNS.items():
        typed = [SQL("{} {}").format(Identifier(name), _TYPES[kind]) for name, kind in columns.items()]
        made = SQL("CREATE TABLE IF NOT EXISTS {} (day date NOT NULL, {})")
        connection.execute(made.format(Identifier(table), SQL(", ").join(typed)))
        index = SQL("CREATE INDEX IF NOT EXISTS {} ON {} (day)")
        connection.execute(index.format(Identifier(f"{table}_day"), Identifier(table)))
    typed = [SQL("{} {}").format(Identifier(field.name), _GOLD[str(field.type)]) for field in SCHEMA]
    connection.execute(SQL("CREATE TABLE IF NOT EXISTS gold ({})").format(SQL(", ").join(typed)))
    connection.execute("DELETE FROM origin")
    connection.execute("INSERT INTO origin VALUES (%s, %s)", (store, VERSION))


def _fill_table(connection: Connection, files: Duck, table: str) -> int:
    """Replaces the days of a table whose digest is another than the ledger's; gives how many these are."""
    files.sql(f"CREATE OR REPLACE TEMP VIEW dated AS {_dated(table)}")
    now = dict(files.sql("SELECT day, md5(string_agg(row, chr(10) ORDER BY row)) FROM dated GROUP BY day"))
    before: dict[date, str] = dict(
        connection.execute("SELECT day, digest FROM filled WHERE tables = %s", (table,)).fetchall()
    )
    changed = sorted(day for day in {*now, *before} if now.get(day) != before.get(day))
    if not changed:
        return 0
    connection.execute(SQL("DELETE FROM {} WHERE day = ANY(%s)").format(Identifier(table)), (changed,))
    connection.execute("DELETE FROM filled WHERE tables = %s AND day = ANY(%s)", (table, changed))
    into = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), _named(("day", *COLUMNS[table])))
    with connection.cursor() as cursor:
        with cursor.copy(into) as copy:
            for rows in files.batches("SELECT * EXCLUDE (row) FROM dated WHERE list_contains($1, day)", changed):
                for each in rows:
                    copy.write_row([_fitting(value) for value in each])
        ledger = [(table, day, now[day]) for day in changed if day in now]
        cursor.executemany("INSERT INTO filled VALUES (%s, %s, %s)", ledger)
    return len(changed)


def _dated(table: str) -> str:
    """The rows of a table, for DuckDB: each with its day, and as one text by which to tell whether it is another."""
    columns = ", ".join(f'"{name}"' for name in COLUMNS[table])
    whole = ", ".join(f'"{name}" := "{name}"' for name in COLUMNS[table])
    days = f"SELECT site, issue_id, coalesce(CAST(created AS DATE), {_NO_DAY}) AS day FROM issues"  # noqa: S608 - ours
    return (
        f"SELECT coalesce(day, {_NO_DAY}) AS day, {columns}, "  # noqa: S608 - the names are ours
        f"CAST(to_json(struct_pack({whole})) AS VARCHAR) AS row "
        f"FROM {table} LEFT JOIN ({days}) AS days USING (site, issue_id)"
    )


def _fitting(value: Any) -> Any:
    """Puts a mark for the one character that no text of Postgres may hold."""
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return [_fitting(each) for each in value] if isinstance(value, list) else value


def _named(names: Iterable[str]) -> Composed:
    return SQL(", ").join(Identifier(name) for name in names)
