"""How the comments of an issue open, and which of these openings its lines call canned."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import Column, LargeBinary, text

from jira_crawler.store.tables import Text

revision = "r0012_openings"
down_revision = "r0011_github"


def upgrade(op: Operations) -> None:
    """Adds both, empty: an issue has openings once it is refined again."""
    op.add_column("issues", Column("openings", LargeBinary, nullable=False, server_default=text("''")))
    op.add_column("issues", Column("canned", Text, nullable=False, server_default=text("''")))
