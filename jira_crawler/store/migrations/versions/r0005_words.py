"""Tables and columns get the names that everybody uses."""

from __future__ import annotations

from alembic.operations import Operations

revision = "r0005_words"
down_revision = "r0004_history"


def upgrade(op: Operations) -> None:
    """Renames, which writes no row."""
    op.alter_column("issues", "walk", new_column_name="crawled_project")
    op.alter_column("issues", "sketch", new_column_name="minhash")
    op.drop_index("issues_walk", "issues")
    op.create_index("issues_crawled_project", "issues", ["site", "crawled_project", "run"])
    op.alter_column("availability", "walk", new_column_name="crawled_project")
    op.rename_table("walks", "listing_progress")
    op.alter_column("listing_progress", "walked", new_column_name="watermark")
