"""What hangs on issues and is asked for by itself: links to elsewhere, and files."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, LargeBinary

from jira_crawler.store.tables import Text

revision = "r0007_attachments"
down_revision = "r0006_deliveries"


def upgrade(op: Operations) -> None:
    """Makes room; nothing was asked for so far, which no row says as well."""
    op.create_table(
        "remote_links",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("asked_at", BigInteger, nullable=False),
        Column("links", LargeBinary, nullable=False),
    )
    op.create_table(
        "attachments",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("attachment", Text, primary_key=True),
        Column("state", Text, nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("path", Text, nullable=False),
        Column("mime", Text, nullable=False),
        Column("asked_at", BigInteger, nullable=False),
    )
    op.create_index("attachments_state", "attachments", ["state"])
