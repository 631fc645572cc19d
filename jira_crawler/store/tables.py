"""The tables of the store, the same on SQLite and Postgres."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    TypeDecorator,
    and_,
    bindparam,
    case,
    text,
)
from sqlalchemy import Text as PlainText

_CHUNK = 1_000

metadata = MetaData()


class _PostgresText(TypeDecorator[str]):
    """Text that is ordered by its bytes, as SQLite orders it; Postgres takes no NUL."""

    impl = PlainText(collation="C")
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return value.replace("\x00", "\ufffd") if value and "\x00" in value else value


Text = PlainText().with_variant(_PostgresText(), "postgresql")


def insert_of(dialect: str) -> Any:
    """Gives `insert(table)` with ON CONFLICT as a database has it; that of Postgres, with all that it knows of its
    catalogue, is not loaded for a file.
    """
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        return insert
    from sqlalchemy.dialects.sqlite import insert as insert_of_sqlite

    return insert_of_sqlite


# One row an issue, whatever became of it. Times are epoch milliseconds. `stage` is "" for an issue that is in a
# feed, at `offset`, `length` bytes long, and else the step that rejected it, with the `reason`.
issues = Table(
    "issues",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),  # the id, to order by
    Column("crawled_project", Text, nullable=False),  # which it was asked for by; its own may have another key by now
    Column("project", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("dialect", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("fetched_at", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False, server_default="0"),  # fetched first as it is now, see SINCE
    Column("run", BigInteger, nullable=False),  # the crawl that listed it last
    Column("verified", BigInteger, nullable=False, server_default="0"),  # the crawl that found its id listed last
    Column("version", Text, nullable=False),  # hash of the payload without what changes by itself
    Column("content", Text, nullable=False),  # hash of the text; "" where it was never read so far
    Column("minhash", LargeBinary, nullable=False, server_default=text("''")),  # what near-duplicates are found by
    Column("openings", LargeBinary, nullable=False, server_default=text("''")),  # how its comments begin, hashed
    Column(
        "canned", Text, nullable=False, server_default=text("''")
    ),  # those of them that its lines call canned, in hex
    Column("people", LargeBinary, nullable=False, server_default=text("''")),  # what its people are called, hashed
    Column("mentions", LargeBinary, nullable=False, server_default=text("''")),  # all that may be a name in it, hashed
    Column("numbered", Text, nullable=False, server_default=text("''")),  # of whom its lines number, those of others
    Column("replaced", LargeBinary, nullable=False, server_default=text("''")),  # what stood in those places
    # The cluster that its lines name: "" for its own, NULL while nobody has looked. For what is in no feed it is NULL.
    Column("cluster", Text),
    Column("cut", Text, nullable=False),  # lists that the tracker would not give in full, joined by commas
    Column("payload", LargeBinary, nullable=False),  # JSON as it came, zstd
    Column("stage", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("feed", Text),
    Column("offset", BigInteger),
    Column("length", BigInteger),
    Column("examples", Integer, nullable=False),
    Column("tasks", Text, nullable=False),  # how many of them for each task, as `summarization=2,classification=1`
    Column("lines", Text, nullable=False),  # hash of its lines in the feed
)
# How far the listing of a project has come. `began` is when the listing began that is under way, or was finished last;
# whatever was created before `watermark` is listed (NULL: everything); `finished` is the `began` of the last whole one.
listing_progress = Table(
    "listing_progress",
    metadata,
    Column("site", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("began", BigInteger, nullable=False),
    Column("watermark", BigInteger),
    Column("finished", BigInteger),
)
# A minute of a project in which an issue was created with which no page comes. `run` is the crawl that saw it last, 0
# while it is only suspected; `lacking` is 1 where something did not come at all, and 0 where it came in parts.
traps = Table(
    "traps",
    metadata,
    Column("site", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("minute", BigInteger, primary_key=True),  # the ms in which it begins
    Column("run", BigInteger, nullable=False),
    Column("lacking", Integer, nullable=False),
)

# As refine.deduplicate has it: of several with one content the lowest stays.
PRECEDENCE = issues.c.number, issues.c.site

Index("issues_content", issues.c.content, issues.c.number)
Index("issues_feed", issues.c.feed, issues.c.offset)
Index("issues_crawled_project", issues.c.site, issues.c.crawled_project, issues.c.run)
Index("issues_created", issues.c.created, issues.c.number, issues.c.site)

# `length` bytes of the file are certain. `swap` is set while a rewritten file of that length replaces it.
feeds = Table(
    "feeds",
    metadata,
    Column("name", Text, primary_key=True),
    Column("length", BigInteger, nullable=False),
    Column("swap", BigInteger),
)

# One row, which tells this store from any other. `home` is the name of the folder that the feeds of one process are in
# (NULL: nobody has noted it), and `place` where it was seen last, for people. `unjudged` is 1 where an issue was taken
# out whose feed has not been looked at since.
identities = Table(
    "identities",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("identity", Text, nullable=False),
    Column("home", Text),
    Column("place", Text),
    Column("unjudged", Integer, nullable=False, server_default="0"),
)

# One row an issue that has changed: its last change, `stored`, `refined` or `gone`. `seq` counts up with the commits.
changes = Table(
    "changes",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("site", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
)
Index("changes_issue", changes.c.site, changes.c.id, unique=True)

# One row: the last number that was given. It outlives the changes, so no number comes twice; and as each commit changes
# it, the next one gets its numbers when the one before is through. Up to `pruned` changes have been taken out.
last_change = Table(
    "last_change",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("pruned", BigInteger, nullable=False, server_default="0"),
)

# How far each of those who follow the changes has come, and when (ms) it said so last.
consumers = Table(
    "consumers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False, server_default="0"),
)

# What an issue was before it changed, as it was fetched from `seen` until `until`; of one that was removed without the
# payload, which is forgotten with it.
past = Table(
    "past",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seen", BigInteger, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("cut", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

# Each time that an issue was found to be gone, and present again. `run` is the crawl that found it; `held` is how many
# issues we held of the project that it was asked for by before that crawl found the first one to be gone.
availability = Table(
    "availability",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("crawled_project", Text, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),  # "" for one that is present again
)
Index("availability_run", availability.c.site, availability.c.crawled_project, availability.c.run)

# What a tracker calls things: a `field`, a `status`, a `project`, known by its id; `detail` is JSON. Of what issues say
# of them the last word counts, by the time (ms) that it was said: `said`.
catalogue = Table(
    "catalogue",
    metadata,
    Column("site", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("said", BigInteger, nullable=False),
)

# Each delivery of a webhook, in the order of arrival, and what became of it: `received`, `fetched`, `stored`, `tabled`,
# `failed` or `ignored`, with the reason. `identity` is what tells it from any other of the site; times are ms, `at` is
# the one that it says itself. `refresh` is 1 where small tables are to be asked for again.
deliveries = Table(
    "deliveries",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("site", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("at", BigInteger),
    Column("deleted", Integer, nullable=False),
    Column("refresh", Integer, nullable=False),
    Column("headers", Text, nullable=False),  # JSON, of those that are no secret
    Column("body", LargeBinary, nullable=False),  # as it came, zstd
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("fetched", BigInteger),
    Column("stored", BigInteger),
    Column("tabled", BigInteger),
    sqlite_autoincrement=True,  # no number comes twice, whatever was pruned
)
Index("deliveries_identity", deliveries.c.site, deliveries.c.identity, unique=True)
Index("deliveries_state", deliveries.c.site, deliveries.c.state, deliveries.c.received)
Index("deliveries_received", deliveries.c.received)

# Which issues a delivery concerns; `key` is "" where it named the id alone.
announced = Table(
    "announced",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("key", Text, nullable=False),
)
Index("announced_number", announced.c.number)

# What polling found to have changed at `updated` (ms), and no delivery had announced.
missed = Table(
    "missed",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("updated", BigInteger, primary_key=True),
    Column("key", Text, nullable=False),
    Column("found", BigInteger, nullable=False),
)
Index("missed_found", missed.c.found)
# The links of an issue to elsewhere, which no search brings: a JSON list, zstd, as it was `asked_at` (ms).
remote_links = Table(
    "remote_links",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("asked_at", BigInteger, nullable=False),
    Column("links", LargeBinary, nullable=False),
)

# What became of each file of an issue that was wanted; `path` is below the output folder, "" where no file is. One that
# is `leaving` is of an issue, or a file of one, that is gone: the row goes when the file has.
attachments = Table(
    "attachments",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("attachment", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes of the file, or that were met before it was given up
    Column("sha256", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("mime", Text, nullable=False),  # as its first bytes look
    Column("asked_at", BigInteger, nullable=False),
)
Index("attachments_state", attachments.c.state)

# An issue that was forgotten, at `at` (ms), and is not to come back: nothing of what it said is here. A tracker goes on
# counting it, so `created` and the project that it is listed by stay. `verified` is the crawl that found its id listed
# last, and `gone` is 1 once a listing of ids does not name it any more.
forgotten = Table(
    "forgotten",
    metadata,
    Column("site", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("crawled_project", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("verified", BigInteger, nullable=False),
    Column("gone", Integer, nullable=False),
)


# What was stored before that was noted says 0: it is as it is since it was fetched last.
SINCE = case((issues.c.since > 0, issues.c.since), else_=issues.c.fetched_at)

# The condition that an issue is one of some, of which `these` gives the parameters.
ONE_OF_THESE = and_(issues.c.site == bindparam("of"), issues.c.id.in_(bindparam("those", expanding=True)))


def these(identities: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Gives the parameters of queries that together choose some issues, each as many as a query takes.

    For pairs of site and id SQLite would read the whole table; for the ids of one site it uses the key.
    """
    for site, pairs in groupby(sorted(set(identities)), key=lambda pair: pair[0]):
        ids = [id_ for _, id_ in pairs]
        for at in range(0, len(ids), _CHUNK):
            yield {"of": site, "those": ids[at : at + _CHUNK]}
