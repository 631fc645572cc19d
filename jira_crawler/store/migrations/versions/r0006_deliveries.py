"""What webhooks delivered, what became of it, and what polling found that none had announced."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Integer, LargeBinary

from jira_crawler.store.tables import Text

revision = "r0006_deliveries"
down_revision = "r0005_words"


def upgrade(op: Operations) -> None:
    """Makes the tables empty: nothing has been delivered yet."""
    op.create_table(
        "deliveries",
        Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
        Column("site", Text, nullable=False),
        Column("identity", Text, nullable=False),
        Column("event", Text, nullable=False),
        Column("at", BigInteger),
        Column("deleted", Integer, nullable=False),
        Column("refresh", Integer, nullable=False),
        Column("headers", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("state", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("received", BigInteger, nullable=False),
        Column("fetched", BigInteger),
        Column("stored", BigInteger),
        Column("tabled", BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("deliveries_identity", "deliveries", ["site", "identity"], unique=True)
    op.create_index("deliveries_state", "deliveries", ["site", "state", "received"])
    op.create_index("deliveries_received", "deliveries", ["received"])
    op.create_table(
        "announced",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("number", BigInteger, primary_key=True),
        Column("key", Text, nullable=False),
    )
    op.create_index("announced_number", "announced", ["number"])
    op.create_table(
        "missed",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("updated", BigInteger, primary_key=True),
        Column("key", Text, nullable=False),
        Column("found", BigInteger, nullable=False),
    )
    op.create_index("missed_found", "missed", ["found"])
