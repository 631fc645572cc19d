"""In which minutes of a project there are issues with which no page comes."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Integer

from jira_crawler.store.tables import Text

revision = "r0003_traps"
down_revision = "r0002_changes"


def upgrade(op: Operations) -> None:
    """Makes the table empty: the next crawl finds them."""
    op.create_table(
        "traps",
        Column("site", Text, primary_key=True),
        Column("project", Text, primary_key=True),
        Column("minute", BigInteger, primary_key=True),
        Column("run", BigInteger, nullable=False),
        Column("lacking", Integer, nullable=False),
    )
