"""What issues, pull requests and commits say of one another, and which change fixed which issue."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Float, LargeBinary

from jira_crawler.store.tables import Text

revision = "r0010_links"
down_revision = "r0009_consumers"


def upgrade(op: Operations) -> None:
    """Makes the tables empty: the next `scrapy link` reads everything."""
    op.create_table(
        "signs",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        *(Column(name, Text, nullable=False) for name in ("what", "project", "place")),
        Column("said", LargeBinary, nullable=False),
    )
    op.create_table(
        "links",
        *(Column(name, Text, primary_key=True) for name in ("site", "id", "other_site", "other_id", "commit")),
        *(Column(name, Text, primary_key=True) for name in ("kind", "place", "source_id")),
        Column("quoted", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("at", BigInteger),
        Column("weight", Float, nullable=False),
    )
    op.create_index("links_other", "links", ["other_site", "other_id"])
    op.create_table(
        "pairs",
        *(Column(name, Text, primary_key=True) for name in ("site", "id", "other_site", "other_id", "commit")),
        Column("grade", Text, nullable=False),
        Column("landed_how", Text, nullable=False),
        Column("landed_commit", Text, nullable=False),
        Column("landed_at", BigInteger),
        *(Column(name, Text, nullable=False) for name in ("fix_group", "reverted_by", "kinds")),
        Column("confidence", Float, nullable=False),
    )
    op.create_index("pairs_other", "pairs", ["other_site", "other_id"])
    op.create_table(
        "landings",
        Column("site", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("landed_how", Text, nullable=False),
        Column("landed_commit", Text, nullable=False),
        Column("landed_at", BigInteger),
        Column("reverted_by", Text, nullable=False),
    )
