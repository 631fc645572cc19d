"""Which versions a store has been through, and how one of an earlier version becomes one of the present.

The versions are imported by their names: an egg is a zip file, in which no folder can be listed as alembic's own
command line does it. alembic itself, a tenth of a second of every start, is imported only where it has something to do.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Dialect, MetaData, PrimaryKeyConstraint, String, Table, inspect, select
from sqlalchemy.schema import CreateIndex, CreateTable

from jira_crawler.store import link_tables, repository_tables  # noqa: F401 - their tables are among the metadata's
from jira_crawler.store.tables import issues, last_change, metadata

VERSIONS = (
    "r0001_tables",
    "r0002_changes",
    "r0003_traps",
    "r0004_history",
    "r0005_words",
    "r0006_deliveries",
    "r0007_attachments",
    "r0008_forgotten",
    "r0009_consumers",
    "r0010_links",
    "r0011_github",
    "r0012_openings",
    "r0013_people",
)  # modules in versions/, oldest first; a version is called after its module
PRESENT = VERSIONS[-1]
_versions = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def bring_up(connection: Connection) -> None:
    """Gives a new store its tables and one of an earlier version what it lacks; raises ValueError for a later one.

    It is for a transaction that nobody else can be in at the same time.
    """
    found = _version(connection)
    if found == PRESENT:
        return
    if found is None and not inspect(connection).has_table(issues.name):
        _make(connection)
        return
    if found and found not in VERSIONS:
        raise ValueError("it is of a later version of jira_crawler, which is to be installed to go on with it")
    from jira_crawler.store.migrations.upgrading import upgrade

    upgrade(connection, VERSIONS)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_versions.name):
        return None
    return connection.execute(select(_versions.c.version_num)).scalar_one_or_none()


def _make(connection: Connection) -> None:
    for statement in _statements(connection.dialect):
        connection.exec_driver_sql(statement)
    connection.execute(last_change.insert().values(one=1, seq=0))
    connection.execute(_versions.insert().values(version_num=PRESENT))


_written: dict[tuple[object, ...], list[str]] = {}


def _statements(dialect: Dialect) -> list[str]:
    """What makes all tables; for each kind of server it is written once, which costs more than to have it done."""
    kind = (dialect.name, dialect.server_version_info)
    if kind not in _written:
        tables = [*metadata.sorted_tables, _versions]
        indexes = [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))]
        made = [str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)) for table in tables]
        _written[kind] = made + [
            str(CreateIndex(each, if_not_exists=True).compile(dialect=dialect)) for each in indexes
        ]
    return _written[kind]
