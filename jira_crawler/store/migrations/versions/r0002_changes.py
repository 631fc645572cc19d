"""What became of which issue, in the order of the commits, and how far each of those who follow has come."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Integer

from jira_crawler.store.tables import Text

revision = "r0002_changes"
down_revision = "r0001_tables"


def upgrade(op: Operations) -> None:
    """Makes the tables empty: who begins to follow reads the issues first that were there before."""
    op.create_table(
        "changes",
        Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
        Column("site", Text, nullable=False),
        Column("id", Text, nullable=False),
        Column("kind", Text, nullable=False),
    )
    op.create_index("changes_issue", "changes", ["site", "id"], unique=True)
    last = op.create_table(
        "last_change",
        Column("one", Integer, primary_key=True),
        Column("seq", BigInteger, nullable=False),
    )
    op.bulk_insert(last, [{"one": 1, "seq": 0}])
    op.create_table(
        "consumers",
        Column("name", Text, primary_key=True),
        Column("seq", BigInteger, nullable=False),
    )
