"""The store: one row an issue, written in transactions that also say how long each feed is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from secrets import token_hex
from typing import Any

import zstandard
from msgspec import structs
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    select,
    tuple_,
    update,
)

from jira_crawler.items import UNREADABLE, RawIssue, replace
from jira_crawler.refine.deduplicate import STAGE, CanonicalIssue, Precedence
from jira_crawler.store import tally
from jira_crawler.store.attached import Attached, HeldFile, HeldLinks
from jira_crawler.store.catalogue import Catalogue, accounts
from jira_crawler.store.changes import Changes, Identity, differing, record
from jira_crawler.store.clusters import Clusters
from jira_crawler.store.conflicts import ConflictResolution, chunks, is_refined
from jira_crawler.store.consumers import Consumers
from jira_crawler.store.deliveries import Deliveries
from jira_crawler.store.delivery_audit import DeliveryAudit
from jira_crawler.store.erasure import Erasure
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.feed_index import FeedIndex, is_lost
from jira_crawler.store.gathered import Gathered
from jira_crawler.store.history import History, forget, is_as_it_was
from jira_crawler.store.home import Home
from jira_crawler.store.items_due import ItemsDue
from jira_crawler.store.links import Links
from jira_crawler.store.listing_progress import ListingProgress
from jira_crawler.store.months import Months
from jira_crawler.store.pieces import Pieces
from jira_crawler.store.placed import Placed
from jira_crawler.store.rejects import rejected
from jira_crawler.store.rows import KEPT, REMOVED, Row, Span
from jira_crawler.store.tables import ONE_OF_THESE, PRECEDENCE, SINCE, feeds, identities, insert_of, issues, these
from jira_crawler.store.traps import Traps

_CHUNK = 1_000
_NOTHING: dict[str, Any] = {"examples": 0, "tasks": "", "lines": ""}
_SPAN = ("feed", "offset", "length", "lines", "cluster", "canned", "numbered", "replaced", "people", "mentions")
_SPANS = select(issues.c.site, issues.c.id, *(issues.c[name] for name in _SPAN))
_SPANS = _SPANS.where(issues.c.feed.is_not(None), ONE_OF_THESE)
# Most contents are new: one question tells which are not.
_KNOWN = select(issues.c.content).distinct().where(issues.c.content.in_(bindparam("contents", expanding=True)))
_CANONICAL = (
    select(issues.c.number, issues.c.site, issues.c.id, issues.c.key)
    .where(issues.c.content == bindparam("content"))
    .order_by(*PRECEDENCE)
    .limit(bindparam("most"))
)
_VERSIONS = select(issues.c.site, issues.c.id, issues.c.version).where(issues.c.version != "", ONE_OF_THESE)
_RIVALS = select(issues.c.content, issues.c.number, issues.c.site, issues.c.id)
_RIVALS = _RIVALS.where(issues.c.feed.is_not(None), issues.c.content.in_(bindparam("contents", expanding=True)))
_RETIRED = (
    update(issues)
    .where(issues.c.site == bindparam("s"), issues.c.id == bindparam("i"))
    .values(stage=STAGE, reason="duplicate", feed=None, offset=None, length=None, **_NOTHING)
)


class Store:
    """Reads and writes the tables; one transaction is whatever happens inside `with store.transaction()`."""

    def __init__(self, engine: Engine):
        self.engine = engine
        self.writer = ExclusiveWriter(engine)
        self.feed_index = FeedIndex(self.writer)
        self.home = Home(self.writer)
        self.progress = ListingProgress(self.writer)
        self.traps = Traps(self.writer)
        self.clusters = Clusters(self.writer)
        self.conflicts = ConflictResolution(self.writer)
        self.changes = Changes(self.writer)
        self.consumers = Consumers(self.writer)
        self.history = History(self.writer)
        self.months = Months(self.writer)
        self.catalogue = Catalogue(self.writer)
        self.deliveries = Deliveries(self.writer)
        self.delivery_audit = DeliveryAudit(self.writer)
        self.attached = Attached(self.writer)
        self.pieces = Pieces(self.writer)
        self.items_due = ItemsDue(self.writer)
        self.erasure = Erasure(self.writer)
        self.placed = Placed(self.writer)
        self.links = Links(self.writer)
        self._compressor = zstandard.ZstdCompressor(level=3)

    def close(self) -> None:
        self.home.close()
        self.engine.dispose()

    @property
    def identity(self) -> str:
        """What tells this store from any other, whatever URL it is reached by."""
        return self._identity()

    @retry_on_disconnect
    def _identity(self) -> str:
        with self.writer.begin() as connection:
            found = connection.execute(select(identities.c.identity)).scalar()
            if found is None:
                found = token_hex(16)
                connection.execute(identities.insert().values(one=1, identity=found))
        return str(found)

    @retry_on_disconnect
    def spans(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Span]:
        """Finds where the lines of these issues are, for those that have any."""
        found: dict[tuple[str, str], Span] = {}
        with self.engine.connect() as connection:
            for some in these(wanted):
                found |= {(site, id_): Span(*span) for site, id_, *span in connection.execute(_SPANS, some)}
        return found

    @retry_on_disconnect
    def canonicals(self, contents: Collection[str], but: Collection[Identity] = ()) -> dict[str, CanonicalIssue]:
        """Finds, for each content that there is, the issue that stays of all that have it.

        Those whose rows are about to change are left out.
        """
        found: dict[str, CanonicalIssue] = {}
        with self.engine.connect() as connection:
            known = [each for some in chunks(contents) for each in connection.scalars(_KNOWN, {"contents": some})]
            for content in known:
                asked = {"content": content, "most": len(but) + 1}
                for issue in connection.execute(_CANONICAL, asked):
                    if (issue.site, issue.id) not in but:
                        found[content] = CanonicalIssue(*issue)
                        break
        return found

    @retry_on_disconnect
    def versions(self, wanted: Collection[Identity]) -> dict[Identity, str]:
        """Finds the versions in which these issues were refined, for those that were."""
        found: dict[Identity, str] = {}
        with self.engine.connect() as connection:
            for some in these(wanted):
                found |= {(site, id_): version for site, id_, version in connection.execute(_VERSIONS, some)}
        return found

    def save(
        self,
        rows: Sequence[Row],
        lengths: Mapping[str, int],
        *,
        shared: bool = False,
        links: Collection[HeldLinks] = (),
        files: Collection[HeldFile] = (),
        gathered: Gathered | None = None,
    ) -> None:
        """Writes rows and feed lengths in one transaction, and takes losers to a lower id out of their feeds.

        So are `links` and `files` that hang on issues which are stored, and what was `gathered` of repositories.

        They lose to what is in a feed now; with `shared` to whatever was read, which is what a newcomer loses to, so
        that it does not matter who of several workers comes first.
        """
        values = [self._values(row) for row in rows]
        winners = [row for row in rows if (is_refined(row) if shared else row.feed and row.content)]
        with self.writer.begin() as connection:
            changed = differing(connection, values)
            self.history.keep(connection, values, changed)
            if values:
                connection.execute(_upsert(connection.dialect.name, issues), values)
            if lengths:
                feed_rows = [{"name": name, "length": size, "swap": None} for name, size in lengths.items()]
                connection.execute(_upsert(connection.dialect.name, feeds), feed_rows)
            hanging = self.attached.save(connection, links, files) if links or files else ()
            if gathered:
                self.pieces.save(connection, gathered)
            record(connection, {*changed, *self._retire_losers(connection, winners), *hanging})

    def _values(self, row: Row) -> dict[str, Any]:
        packed = row.payload.startswith(zstandard.FRAME_HEADER)  # which no JSON begins with
        payload = row.payload if packed else self._compressor.compress(row.payload)
        return structs.asdict(row) | {"payload": payload, "since": row.fetched_at}

    def _retire_losers(self, connection: Connection, rows: Iterable[Row]) -> list[Identity]:
        lowest: dict[str, Precedence] = {}
        for row in rows:
            lowest[row.content] = min(row.precedence, lowest.get(row.content, row.precedence))
        losers: list[Identity] = []
        for some in chunks(lowest):
            for content, number, site, id_ in connection.execute(_RIVALS, {"contents": some}):
                if lowest[content] < Precedence(number, site):
                    losers.append((site, id_))
        if losers:
            connection.execute(_RETIRED, [{"s": site, "i": id_} for site, id_ in losers])
        return losers

    @retry_on_disconnect
    def unreadable(self, site: str) -> dict[str, str]:
        """Gives what could not be read of a site so far and has a key: the ids of these rejects, by key."""
        named = issues.c.id.startswith(UNREADABLE, autoescape=True) & (issues.c.key != "")
        query = select(issues.c.key, issues.c.id).where(issues.c.site == site, named)
        with self.engine.connect() as connection:
            return {row.key: row.id for row in connection.execute(query)}

    @retry_on_disconnect
    def forget(self, site: str, id_: str) -> None:
        """Takes out the row of what could not be read, once it was."""
        with self.writer.begin() as connection:
            this = (issues.c.site == site, issues.c.id == id_)
            if connection.execute(update(issues).where(*this).values(stage=REMOVED)).rowcount:
                record(connection, [(site, id_)])
                connection.execute(delete(issues).where(*this))
                forget(connection, site, id_)

    def row(self, site: str, id_: str) -> Row | None:
        """Finds what became of one issue, its payload still compressed."""
        return self.rows([(site, id_)]).get((site, id_))

    def rows(self, wanted: Collection[Identity]) -> dict[Identity, Row]:
        """Finds what became of these issues, their payloads still compressed, for those that are there."""
        found: dict[Identity, Row] = {}
        for some in these(wanted):
            found |= {row.identity: row for row in self._rows(select(issues).where(ONE_OF_THESE), some)}
        return found

    def raw_issues(self, site: str, ids: Collection[str]) -> Iterator[RawIssue]:
        """Gives those of some issues of a site that we hold, as the tracker sent them."""
        for row in self.rows([(site, id_) for id_ in ids]).values():
            if row.payload and row.stage != REMOVED:
                yield replace(row, payload=zstandard.decompress(row.payload)).raw_issue()

    def service_levels(self, site: str) -> list[str]:
        """Gives the ids of the fields of a site that are service levels."""
        return [entry.id for entry in self.catalogue.service_levels(site)]

    def overlaid(self, site: str) -> list[str]:
        """Gives those of them that a second account has ever seen."""
        return [entry.id for entry in self.catalogue.service_levels(site) if "overlay" in accounts(entry)]

    def chunks(self, size: int, projects: Collection[str] = ()) -> Iterator[list[Row]]:
        """Gives every issue that has a payload, in a fixed order, `size` at a time, the payloads still compressed.

        Each chunk is a query of its own, so that what was read may be written meanwhile.
        """
        yield from self._chunks(tally.holds(projects), size)

    def unrefined(self, projects: Collection[str]) -> Iterator[Row]:
        """Gives the issues of some projects that were stored as they came and wait to be refined."""
        for chunk in self._chunks(and_(tally.holds(projects), issues.c.stage == KEPT), _CHUNK // 10):
            for row in chunk:
                yield replace(row, payload=zstandard.decompress(row.payload))

    def lost(self) -> Iterator[Row]:
        """Gives the issues whose lines were lost with their feed, each as it is when it is given."""
        for chunk in self._chunks(and_(tally.holds(()), is_lost()), _CHUNK // 10):
            for found in chunk:
                row = self.row(*found.identity)
                if row and row.stage == found.stage and row.reason == found.reason:
                    yield row

    @retry_on_disconnect
    def lost_feeds(self) -> list[str]:
        """Names the feeds whose issues wait to be made again."""
        query = select(issues.c.reason, issues.c.project).where(is_lost()).distinct()
        with self.engine.connect() as connection:
            said = connection.execute(query).all()
        return sorted({reason.partition(": ")[2] or f"{project}.jsonl" for reason, project in said})

    def _chunks(self, chosen: ColumnElement[bool], size: int) -> Iterator[list[Row]]:
        order = issues.c.site, issues.c.id
        query = select(issues).where(chosen).order_by(*order).limit(size)
        place = ("", "")
        while chunk := self._rows(query.where(tuple_(*order) > place)):
            yield chunk
            place = chunk[-1].identity

    @retry_on_disconnect
    def _rows(self, query: Select[Any], asked: Mapping[str, Any] | None = None) -> list[Row]:
        with self.engine.connect() as connection:
            return [Row(**row._mapping) for row in connection.execute(query, asked)]

    def orphans(self) -> Iterator[Row]:
        """Gives the issues that were dropped for another one that has another content by now."""
        other = issues.alias()
        rival = (
            select(other.c.id)
            .where(other.c.content == issues.c.content)
            .where(tuple_(*(other.c[column.name] for column in PRECEDENCE)) < tuple_(*PRECEDENCE))
        )
        query = select(issues.c.site, issues.c.id).where(issues.c.stage == STAGE, ~rival.exists())
        for identity in self._found(query):
            row = self.row(*identity)
            if row and row.stage == STAGE:
                yield replace(row, payload=zstandard.decompress(row.payload))

    @retry_on_disconnect
    def _found(self, query: Select[tuple[str, str]]) -> list[tuple[str, str]]:
        with self.engine.connect() as connection:
            return [(row.site, row.id) for row in connection.execute(query)]

    def rejects(self) -> Iterator[dict[str, Any]]:
        """Gives every issue that is in no feed, in a fixed order; one that was never readable with its payload."""
        with self.engine.connect() as connection:
            yield from rejected(connection)


@cache  # to make it costs as much as to write ten rows
def _upsert(dialect: str, table: Table) -> Any:
    """The statement that writes rows, each in place of the one that has its keys."""
    statement = insert_of(dialect)(table)
    keys = [column.name for column in table.primary_key]
    new = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    if table is issues:
        new["since"] = case((is_as_it_was(statement.excluded), SINCE), else_=statement.excluded.since)
    return statement.on_conflict_do_update(index_elements=keys, set_=new)
