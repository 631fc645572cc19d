"""The tables as they were when versions began to be counted; what any store from before lacks is added."""

from __future__ import annotations

from typing import Any

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, inspect, text
from sqlalchemy.schema import CreateColumn
from sqlalchemy.types import TypeEngine

from jira_crawler.store.tables import Text

revision = "r0001_tables"
down_revision = None

metadata = MetaData()
issues = Table(
    "issues",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("walk", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("dialect", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("fetched_at", BigInteger, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("verified", BigInteger, nullable=False, server_default="0"),
    Column("version", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("sketch", LargeBinary, nullable=False, server_default=text("''")),
    Column("cluster", Text),
    Column("cut", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("stage", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("feed", Text),
    Column("offset", BigInteger),
    Column("length", BigInteger),
    Column("examples", Integer, nullable=False),
    Column("tasks", Text, nullable=False),
    Column("lines", Text, nullable=False),
)
Table(
    "walks",
    metadata,
    Column("site", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("began", BigInteger, nullable=False),
    Column("walked", BigInteger),
    Column("finished", BigInteger),
)
Table(
    "feeds",
    metadata,
    Column("name", Text, primary_key=True),
    Column("length", BigInteger, nullable=False),
    Column("swap", BigInteger),
)
Table(
    "identities",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("identity", Text, nullable=False),
    Column("home", Text),
    Column("place", Text),
)
Index("issues_content", issues.c.content, issues.c.number)
Index("issues_feed", issues.c.feed, issues.c.offset)
Index("issues_walk", issues.c.site, issues.c.walk, issues.c.run)


def upgrade(op: Operations) -> None:
    """Adds the tables, columns and indexes that are lacking, and orders texts by their bytes."""
    connection = op.get_bind()
    earlier = set(inspect(connection).get_table_names())
    for table in metadata.sorted_tables:
        if table.name in earlier:
            _complete(op, table)
        else:
            table.create(connection)


def _complete(op: Operations, table: Table) -> None:
    connection = op.get_bind()
    there = {column["name"]: column["type"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            added = CreateColumn(column).compile(dialect=connection.dialect)
            op.execute(f"ALTER TABLE {table.name} ADD COLUMN {added}")
        elif _collation(wanted := column.type.dialect_impl(connection.dialect)) != _collation(there[column.name]):
            op.alter_column(table.name, column.name, type_=wanted)
    indexed = {index["name"] for index in inspect(connection).get_indexes(table.name)}
    for index in table.indexes:
        if index.name not in indexed:
            index.create(connection)


def _collation(kind: TypeEngine[Any]) -> str | None:
    return getattr(kind, "collation", None)
