"""Which issues are not to come back."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Integer

from jira_crawler.store.tables import Text

revision = "r0008_forgotten"
down_revision = "r0007_attachments"


def upgrade(op: Operations) -> None:
    """Makes the table empty: nothing was forgotten before one could ask for it."""
    op.create_table(
        "forgotten",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("key", Text, nullable=False),
        Column("crawled_project", Text, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("verified", BigInteger, nullable=False),
        Column("gone", Integer, nullable=False),
    )
