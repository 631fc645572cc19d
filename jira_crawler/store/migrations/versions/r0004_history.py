"""What issues were before, when they were gone, and what a tracker calls its fields, statuses and projects."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, LargeBinary

from jira_crawler.store.tables import Text

revision = "r0004_history"
down_revision = "r0003_traps"


def upgrade(op: Operations) -> None:
    """Begins to remember: what is stored is taken to be as it is since it was fetched last, which 0 says.

    No row is written: SQLite would write all payloads with them.
    """
    op.add_column("issues", Column("since", BigInteger, nullable=False, server_default="0"))
    op.create_index("issues_created", "issues", ["created", "number", "site"])
    op.create_table(
        "past",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("seen", BigInteger, primary_key=True),
        Column("until", BigInteger, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("key", Text, nullable=False),
        Column("version", Text, nullable=False),
        Column("cut", Text, nullable=False),
        Column("payload", LargeBinary, nullable=False),
    )
    op.create_table(
        "availability",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("at", BigInteger, primary_key=True),
        Column("walk", Text, nullable=False),
        Column("run", BigInteger, nullable=False),
        Column("held", BigInteger, nullable=False),
        Column("reason", Text, nullable=False),
    )
    op.create_index("availability_run", "availability", ["site", "walk", "run"])
    op.create_table(
        "catalogue",
        Column("site", Text, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("said", BigInteger, nullable=False),
    )
