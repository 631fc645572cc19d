"""The tables of links: what each issue says of others, and what came of it; the same on SQLite and Postgres."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, LargeBinary, Table

from jira_crawler.store.tables import Text, metadata

# What was read of an issue, a pull request or a commit, to be judged: JSON, zstd. Of a commit the id is
# `owner/name@sha`. What nobody has read since it changed is read again by the next `scrapy link`.
signs = Table(
    "signs",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("what", Text, nullable=False),  # issue, pull or commit
    Column("project", Text, nullable=False),
    Column("place", Text, nullable=False),  # where references to it begin: `host/owner/name`, or the address of a Jira
    Column("said", LargeBinary, nullable=False),
)

# One row a sign that a change fixed an issue; `other_id` is the pull request, "" where a commit came alone. `at` is ms.
links = Table(
    "links",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("other_site", Text, primary_key=True),
    Column("other_id", Text, primary_key=True),
    Column("commit", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("source_id", Text, primary_key=True),
    Column("quoted", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger),
    Column("weight", Float, nullable=False),
)
Index("links_other", links.c.other_site, links.c.other_id)

# An issue and a change that fixed it; `kinds` are those of its links, joined by commas.
pairs = Table(
    "pairs",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("other_site", Text, primary_key=True),
    Column("other_id", Text, primary_key=True),
    Column("commit", Text, primary_key=True),
    Column("grade", Text, nullable=False),
    Column("landed_how", Text, nullable=False),  # "" for what has not landed
    Column("landed_commit", Text, nullable=False),
    Column("landed_at", BigInteger),
    Column("fix_group", Text, nullable=False),
    Column("reverted_by", Text, nullable=False),  # a commit, "" for what stands
    Column("kinds", Text, nullable=False),
    Column("confidence", Float, nullable=False),
)
Index("pairs_other", pairs.c.other_site, pairs.c.other_id)

# How each pull request landed; of one that did not, the row says "" or `bulk_close`.
landings = Table(
    "landings",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("landed_how", Text, nullable=False),
    Column("landed_commit", Text, nullable=False),
    Column("landed_at", BigInteger),
    Column("reverted_by", Text, nullable=False),
)
