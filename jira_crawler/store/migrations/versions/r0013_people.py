"""What the people of an issue are called, whom it may name, and whom of other issues its lines number."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import Column, Integer, LargeBinary, text

from jira_crawler.store.tables import Text

revision = "r0013_people"
down_revision = "r0012_openings"


def upgrade(op: Operations) -> None:
    """Adds them, empty: an issue has them once it is refined again."""
    for name in ("people", "mentions", "replaced"):
        op.add_column("issues", Column(name, LargeBinary, nullable=False, server_default=text("''")))
    op.add_column("issues", Column("numbered", Text, nullable=False, server_default=text("''")))
    op.add_column("identities", Column("unjudged", Integer, nullable=False, server_default="0"))
