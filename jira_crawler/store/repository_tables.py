"""The tables of what is known of repositories, beside the issues that come of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table

from jira_crawler.store.tables import Text, metadata

MISCOUNTED = -1
# A repository of a GitHub, by its id there; `name` is what it is called now, `detail` what it is and defines, and its
# former names (JSON).
repositories = Table(
    "repositories",
    metadata,
    Column("site", Text, primary_key=True),
    Column("repository", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
# How far each list of a repository has come (times are ms): everything up to `mark` is here; the pass that is under way
# goes on at `next` and has seen `reached`; `began` is when the last whole walk began, `finished` that once it ended.
# `etag` is of the answer to the question `asked`.
repository_lists = Table(
    "repository_lists",
    metadata,
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
# An issue or pull request of which something came, whether it is put together yet or not. `changed` (ms, whole seconds)
# is when a piece of it last came as another one: the issue that is made of them was fetched then. `updated` is what
# lists say, 0 where none has shown it; details are as of `detailed`, its comments were counted as of `counted` and are
# `said` to be so many (`counted` is 0 where they are to be counted, and MISCOUNTED where its reviews tell of another
# number of review comments). `listed` is the whole walk that showed it last. `state` is "" or why it is not there any
# more.
repository_items = Table(
    "repository_items",
    metadata,
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
Index("repository_items_number", repository_items.c.site, repository_items.c.repository, repository_items.c.number)
# What one answer said of an item: `issue`, `details`, a `comment` or a `review_comment`, as it came (zstd). Each
# `release` is a piece of the number 0, which is the repository itself: no issue is made of it.
pieces = Table(
    "pieces",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("object", Text, primary_key=True),
    Column("updated", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
# The commits of default branches, as REST tells them (zstd); `parents` are shas, joined by blanks, `run` is the crawl
# that met it first.
commits = Table(
    "commits",
    metadata,
    Column("site", Text, primary_key=True),
    Column("repository", BigInteger, primary_key=True, autoincrement=False),
    Column("sha", Text, primary_key=True),
    Column("committed", BigInteger, nullable=False),
    Column("parents", Text, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
