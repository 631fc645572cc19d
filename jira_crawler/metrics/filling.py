"""Silver in Postgres: each day's issues with all that belongs to them, replaced as a whole where something is another.

A day is that of the creation of the issue or pull request, in UTC. The ledger says by which digest a day was filled, so
that a run after nothing changed writes nothing, and a run that is repeated leaves the same rows. All of it is one
transaction: whoever reads meets one run or the other.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final, LiteralString, cast

import psycopg

from jira_crawler.exceptions import BadArgument
from jira_crawler.metrics.duck import Duck
from jira_crawler.metrics.gold import SCHEMA, Gold
from jira_crawler.metrics.silver import COLUMNS, LIST, TEXT, TIME, WHOLE

VERSION: Final = 1  # of the silver tables; those of another one are made anew
SCHEMA_NAME: Final = "jira_metrics"
_TYPES: Final = {TEXT: "text", WHOLE: "bigint", TIME: "timestamptz", LIST: "text[]"}
_GOLD: Final = {"date32[day]": "date", "string": "text", "int64": "bigint", "double": "double precision"}
_NO_DAY: Final = "DATE '0001-01-01'"  # of what has no creation time
Connection = psycopg.Connection[tuple[Any, ...]]


def fill(connection: Connection, files: Duck, store: str, called: str) -> int:
    """Brings the silver tables to what the files hold; gives how many days of tables were written or taken away.

    Raises BadArgument for a database that is another store's; `called` is its name in that sentence.
    """
    _make(connection, store, called)
    told = sum(_fill_table(connection, files, table) for table in COLUMNS)
    if told:
        for table in COLUMNS:
            _do(connection, f"ANALYZE {SCHEMA_NAME}.{table}")
    return told


def keep(connection: Connection, rows: list[Gold]) -> None:
    """Puts figures into the table `gold`, in place of those of the same day and metric."""
    of = {(row.as_of, row.metric) for row in rows}
    with connection.cursor() as cursor:
        cursor.executemany(_sql(f"DELETE FROM {SCHEMA_NAME}.gold WHERE as_of = %s AND metric = %s"), sorted(of))
        with cursor.copy(_sql(f"COPY {SCHEMA_NAME}.gold ({_names(SCHEMA.names)}) FROM STDIN")) as copy:
            for row in rows:
                copy.write_row(row.values())


def _make(connection: Connection, store: str, called: str) -> None:
    _do(connection, f"CREATE SCHEMA IF NOT EXISTS {SCHEMA_NAME}")
    _do(connection, f"CREATE TABLE IF NOT EXISTS {SCHEMA_NAME}.origin (store text NOT NULL, version int NOT NULL)")
    found = _do(connection, f"SELECT store, version FROM {SCHEMA_NAME}.origin").fetchone()
    if found and found[0] != store:
        raise BadArgument(f"{called} was filled from the tables of another store: give each a database of its own.")
    if found and found[1] != VERSION:
        for table in (*COLUMNS, "filled"):
            _do(connection, f"DROP TABLE IF EXISTS {SCHEMA_NAME}.{table}")
    for table, columns in COLUMNS.items():
        typed = "".join(f', "{name}" {_TYPES[kind]}' for name, kind in columns.items())
        _do(connection, f"CREATE TABLE IF NOT EXISTS {SCHEMA_NAME}.{table} (day date NOT NULL{typed})")
        _do(connection, f"CREATE INDEX IF NOT EXISTS {table}_day ON {SCHEMA_NAME}.{table} (day)")
    ledger = "tables text NOT NULL, day date NOT NULL, digest text NOT NULL, PRIMARY KEY (tables, day)"
    _do(connection, f"CREATE TABLE IF NOT EXISTS {SCHEMA_NAME}.filled ({ledger})")
    gold = ", ".join(f'"{field.name}" {_GOLD[str(field.type)]}' for field in SCHEMA)
    _do(connection, f"CREATE TABLE IF NOT EXISTS {SCHEMA_NAME}.gold ({gold})")
    if not found:
        connection.execute(_sql(f"INSERT INTO {SCHEMA_NAME}.origin VALUES (%s, %s)"), (store, VERSION))
    elif found[1] != VERSION:
        connection.execute(_sql(f"UPDATE {SCHEMA_NAME}.origin SET version = %s"), (VERSION,))


def _fill_table(connection: Connection, files: Duck, table: str) -> int:
    """Replaces the days of a table whose digest is another than the ledger's; gives how many these are."""
    dated = _dated(table)
    now = dict(files.sql(f"SELECT day, md5(string_agg(row, chr(10) ORDER BY row)) FROM ({dated}) GROUP BY day"))
    rows = connection.execute(_sql(f"SELECT day, digest FROM {SCHEMA_NAME}.filled WHERE tables = %s"), (table,))
    before = cast("dict[date, str]", dict(rows.fetchall()))
    changed = sorted(day for day in {*now, *before} if now.get(day) != before.get(day))
    if not changed:
        return 0
    connection.execute(_sql(f"DELETE FROM {SCHEMA_NAME}.{table} WHERE day = ANY(%s)"), (changed,))
    connection.execute(_sql(f"DELETE FROM {SCHEMA_NAME}.filled WHERE tables = %s AND day = ANY(%s)"), (table, changed))
    names = ("day", *COLUMNS[table])
    wanted = files.connection.execute(f"SELECT {_names(names)} FROM ({dated}) WHERE list_contains($1, day)", [changed])
    with connection.cursor() as cursor, cursor.copy(_sql(f"COPY {SCHEMA_NAME}.{table} ({_names(names)}) FROM STDIN")) as copy:
        while many := wanted.fetchmany(10_000):
            for each in many:
                copy.write_row([_fitting(value) for value in each])
    with connection.cursor() as cursor:
        ledger = [(table, day, now[day]) for day in changed if day in now]
        cursor.executemany(_sql(f"INSERT INTO {SCHEMA_NAME}.filled VALUES (%s, %s, %s)"), ledger)
    return len(changed)


def _dated(table: str) -> str:
    """The rows of a table in DuckDB, each with its day, and whole as one text by which to tell whether it is another."""
    columns = _names(COLUMNS[table])
    whole = ", ".join(f'"{name}" := "{name}"' for name in COLUMNS[table])
    days = f"SELECT site, issue_id, coalesce(CAST(created AS DATE), {_NO_DAY}) AS day FROM issues"
    return (
        f"SELECT coalesce(day, {_NO_DAY}) AS day, {columns}, CAST(to_json(struct_pack({whole})) AS VARCHAR) AS row "
        f"FROM {table} LEFT JOIN ({days}) AS days USING (site, issue_id)"
    )


def _fitting(value: Any) -> Any:
    """Puts a mark for the one character that no text of Postgres may hold."""
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return [_fitting(each) for each in value] if isinstance(value, list) else value


def _names(names: Any) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _do(connection: Connection, text: str) -> psycopg.Cursor[tuple[Any, ...]]:
    return connection.execute(_sql(text))


def _sql(text: str) -> LiteralString:
    """Names in our questions are those of the modules; what others said goes beside them."""
    return cast("LiteralString", text)
