"""What is known of repositories: their lists, the pieces that issues are put together of, and commits."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Integer, LargeBinary

from jira_crawler.store.tables import Text

revision = "r0011_github"
down_revision = "r0010_links"


def upgrade(op: Operations) -> None:
    """Makes room; of repositories nothing was asked for so far."""
    op.create_table(
        "repositories",
        Column("site", Text, primary_key=True),
        Column("repository", BigInteger, primary_key=True, autoincrement=False),
        Column("name", Text, nullable=False),
        Column("detail", Text, nullable=False),
    )
    op.create_table(
        "repository_lists",
        Column("site", Text, primary_key=True),
        Column("repository", BigInteger, primary_key=True, autoincrement=False),
        Column("kind", Text, primary_key=True),
        Column("mark", BigInteger, nullable=False),
        Column("reached", BigInteger, nullable=False),
        Column("next", Text, nullable=False),
        Column("began", BigInteger, nullable=False),
        Column("finished", BigInteger, nullable=False),
        Column("etag", Text, nullable=False),
        Column("asked", Text, nullable=False),
    )
    op.create_table(
        "repository_items",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("repository", BigInteger, nullable=False),
        Column("number", BigInteger, nullable=False),
        Column("is_pull", Integer, nullable=False),
        Column("node", Text, nullable=False),
        Column("updated", BigInteger, nullable=False),
        Column("changed", BigInteger, nullable=False),
        Column("detailed", BigInteger, nullable=False),
        Column("said", BigInteger, nullable=False),
        Column("counted", BigInteger, nullable=False),
        Column("listed", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
    )
    op.create_table(
        "pieces",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("object", Text, primary_key=True),
        Column("updated", BigInteger, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        Column("payload", LargeBinary, nullable=False),
    )
    op.create_table(
        "commits",
        Column("site", Text, primary_key=True),
        Column("repository", BigInteger, primary_key=True, autoincrement=False),
        Column("sha", Text, primary_key=True),
        Column("committed", BigInteger, nullable=False),
        Column("parents", Text, nullable=False),
        Column("run", BigInteger, nullable=False),
        Column("payload", LargeBinary, nullable=False),
    )
    op.create_index("repository_items_number", "repository_items", ["site", "repository", "number"])
