"""A dataset: the feeds of an output folder and the store behind them, changed together or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, nullcontext
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files, locks, opening, rejects, shards
from jira_crawler.feeds.batch import Batch, PendingAppend
from jira_crawler.feeds.spans import digest
from jira_crawler.items import replace
from jira_crawler.refine.deduplicate import CanonicalIssue
from jira_crawler.store.attached import HeldFile, HeldLinks
from jira_crawler.store.clusters import IssueSpan
from jira_crawler.store.database import connect, saying
from jira_crawler.store.gathered import Gathered
from jira_crawler.store.rows import Row, Span, with_span
from jira_crawler.store.store import Store

if TYPE_CHECKING:
    from jira_crawler.feeds.clusters import Judgement


class Dataset:
    """Takes what became of each issue, and commits it in batches: feed bytes first, synced, then one transaction.

    Opening it cuts every feed back to what was committed, so whatever a crash interrupted is as if it had not begun.
    One that is `shared` is a worker's: it writes its own shard of each feed and leaves those of the others alone, as
    does one that is not. One that is not for `writing` refuses what it would have to mend. A Postgres that goes away is
    waited for.
    """

    def __init__(self, folder: Path, url: str = "", *, shared: bool = False, writing: bool = True):
        self.folder, self.shared, self.shard, self.writing = folder, shared, "", writing
        self._locks = [locks.take(folder, shared=shared)]
        store: Store | None = None
        try:
            opening.refuse_links(folder)
            if shared:
                lock, self.shard = shards.take(folder)
                self._locks.append(lock)
            url = url or f"sqlite:///{folder / 'store.sqlite'}"
            self.store = store = Store(connect(url))
            if shared and not self.store.writer.is_shared:
                raise BadArgument("Workers share a store: set STORE_URL to one on Postgres, postgresql+psycopg://…")
            with saying(url):
                self._open_feeds()
        except BaseException:
            if store:
                store.close()
            self._unlock()
            raise
        self._batch, self._committing = Batch(), Batch()  # what waits, and what is on its way
        self._forgotten = self.store.erasure.all()
        self._writer = ThreadPoolExecutor(1, "commit")
        self._under_way: Future[None] | None = None

    def _open_feeds(self) -> None:
        if not self.shared:
            if self.writing:
                opening.refuse_shards(self.store)
            opening.come_home(self.store, self.folder, writing=self.writing)
        self._lengths = dict(self._recover())

    def __len__(self) -> int:
        """How many issues, and parts of issues, wait for the next commit."""
        return len(self._batch)

    @property
    def size(self) -> int:
        """How many bytes they are, as they came and as lines."""
        return self._batch.size + self._batch.gathered.size

    def record(self, row: Row, lines: bytes = b"") -> None:
        """Takes one issue's row and its lines (empty for a reject) into the batch, unless it is forgotten."""
        if row.identity not in self._forgotten:
            self._batch.add(row, lines)

    def is_forgotten(self, site: str, id_: str) -> bool:
        """Whether an issue is not to come back."""
        return (site, id_) in self._forgotten

    def hang(self, part: HeldLinks | HeldFile) -> None:
        """Takes what hangs on an issue that is stored, or waits to be, into the batch."""
        self._batch.hang(part)

    @property
    def gathered(self) -> Gathered:
        """What waits of repositories, to be added to."""
        return self._batch.gathered

    def canonicals(self, contents: Collection[str]) -> Callable[[str], CanonicalIssue | None]:
        """Asks the store once who stays of all issues with each of these contents, and gives what tells it.

        What is recorded afterwards counts, too.
        """
        # What the others hold is looked at in the commit: a fleet need not ask the server for each issue.
        committing = self._committing  # as it is now: what is committed meanwhile was not asked for
        waiting = self._batch.rows.keys() | committing.rows.keys()
        stored = {} if self.shared else self.store.canonicals(set(contents), waiting)

        def first(content: str) -> CanonicalIssue | None:
            there = stored.get(content)
            if there and (there.site, there.id) in self._batch.rows:  # which may have another content by now
                there = self.store.canonicals([content], waiting | self._batch.rows.keys()).get(content)
            before = committing.canonical(content, but=self._batch.rows.keys())
            found = filter(None, (there, before, self._batch.canonical(content)))
            return min(found, key=attrgetter("precedence"), default=None)

        return first

    def canonical(self, content: str) -> CanonicalIssue | None:
        """Finds who stays of all issues with a content, the uncommitted included."""
        return self.canonicals([content])(content)

    def holds(self, site: str, id_: str) -> bool:
        """Whether an issue is in the store, or waits for a commit."""
        return (site, id_) in self._waiting() or self.store.row(site, id_) is not None

    def _waiting(self) -> Set[tuple[str, str]]:
        return self._batch.rows.keys() | self._committing.rows.keys()

    def commit(self) -> None:
        """Makes the batch durable: lines that are not in their feed already are appended, then one COMMIT."""
        self.finish_commit()
        if self.begin_commit():
            self.finish_commit()

    def begin_commit(self) -> Future[None] | None:
        """Commits the batch in a thread, while the next one fills; None where there is nothing to commit.

        One commit at a time: that before is waited for.
        """
        self.finish_commit()
        if not len(self._batch):
            return None
        self._committing, self._batch = self._batch, Batch()
        self._under_way = self._writer.submit(self._retry, partial(self._commit_batch, self._committing))
        return self._under_way

    def begin_compaction(self) -> Future[None]:
        """Judges the clusters anew and compacts the feeds in the thread of commits; the next one waits for it.

        A worker only compacts its shards: what is of all workers' issues is for whoever merges them.
        """
        self.finish_commit()
        self._under_way = self._writer.submit(self._put_in_order)
        return self._under_way

    def _put_in_order(self) -> None:
        if self.shared:
            self.compact()
            return
        self.judge()
        self.compact()
        self.write_rejects()

    def finish_commit(self) -> None:
        """Waits for the commit that is under way, if one is; raises what it raised, and its batch waits again."""
        if self._under_way is None:
            return
        under_way, self._under_way = self._under_way, None
        committing, self._committing = self._committing, Batch()
        try:
            under_way.result()
        except BaseException:
            self._batch = committing.followed_by(self._batch)
            raise

    def _commit_batch(self, batch: Batch) -> None:
        with self.store.writer():
            issues = list(batch.rows.values())
            if self.store.writer.is_shared:  # in a folder nobody forgets anything while it is crawled into
                self._forgotten |= self.store.erasure.among(batch.rows)
                issues = [(row, lines) for row, lines in issues if row.identity not in self._forgotten]
            if self.shared:
                issues = self.store.conflicts.resolve(issues)
            known = self.store.spans([row.identity for row, _ in issues])
            growth = PendingAppend(self._lengths)
            rows = [self._placed(row, lines, known.get(row.identity), growth) for row, lines in issues]
            self._append(growth)
            save = partial(self.store.save, links=batch.links.values(), files=batch.files.values())
            save(rows, growth.lengths, shared=self.shared, gathered=batch.gathered)
        self._lengths |= growth.lengths

    def _placed(self, row: Row, lines: bytes, span: Span | None, growth: PendingAppend) -> Row:
        """Says in a row where its lines are: where they were, or at the end of their feed, or nowhere."""
        if not lines:
            stays = self.shared and row.feed and span  # though its shard may have been rewritten
            return with_span(row, span) if stays and span else replace(row, cluster=span.cluster if span else None)
        feed, hashed = shards.feed(row.project, self.shard), digest(lines)
        same = span and span.lines == hashed and (span.people, span.mentions) == (row.people, row.mentions)
        if not span or not same or not self._may_stay(row, span.feed):
            span = Span(feed, growth.add(feed, lines), len(lines), hashed, None)
        return with_span(row, span)

    def _may_stay(self, row: Row, feed: str) -> bool:
        """Whether the feed that an issue's lines are in is one that they may be in; all shards are as good."""
        return shards.project(feed) == row.project if self.shared else feed == shards.feed(row.project)

    def _retry(self, operation: Callable[[], None]) -> None:
        """Does what ends with a COMMIT; where a Postgres goes away meanwhile, anew from what it knows afterwards."""

        def recover() -> None:
            if not self.shared:  # whoever has come meanwhile may stay
                opening.come_home(self.store, self.folder, writing=self.writing)
            self._lengths = dict(self._recover())
            operation()

        self.store.writer.retry(operation, recover)

    def _append(self, growth: PendingAppend) -> None:
        """Writes and syncs what feeds are to grow by; it counts when the store says so."""
        for feed, parts in growth.parts.items():
            if feed not in self._lengths:
                files.quarantine(self.folder / feed)
                self.store.feed_index.register(feed)
            files.append(self.folder / feed, self._lengths.get(feed, 0), parts)
        if growth.parts.keys() - self._lengths.keys():
            files.sync(self.folder)

    def judge(self) -> None:
        """Lets every line say what is known beside all others: its cluster, what is canned, who is named.

        A cluster is named after its issue of the lowest number, which represents it. Lines that say something else are
        written anew.
        """
        if self.store.clusters.are_stale():
            self._retry(self._judge)

    def lost(self) -> Iterator[Row]:
        """Gives the issues whose lines were lost with their feed and that do not wait for the next commit."""
        yield from (row for row in self.store.lost() if row.identity not in self._waiting())

    def _judge(self) -> None:
        from jira_crawler.feeds.clusters import misjudged  # only a run that brought lines is to pay for it

        for feed, wrong in misjudged(self.store.clusters).items():
            self._rewrite(feed, wrong)
        self.store.clusters.judged()

    def compact(self, *, all_here: bool = False) -> None:
        """Rewrites every feed that holds lines of no current issue; a crash at any step leaves the old or the new.

        With `all_here`, for whoever has the folder alone, shards of workers that lie in it, too.
        """
        self._retry(partial(self._compact, all_here=all_here))

    def _compact(self, *, all_here: bool) -> None:
        here = self.store.feed_index.all() if all_here else self._own()
        for feed, (length, _) in here.items():
            whole = not all_here or files.reaches(self.folder / feed, length)
            if whole and self.store.feed_index.waste(feed, length):
                self._rewrite(feed)

    def _rewrite(self, feed: str, wrong: Sequence[tuple[IssueSpan, Judgement]] = ()) -> None:
        """Copies what still counts of a feed to a new one, and puts right on the way what is wrong."""
        old, new = self.folder / feed, self.folder / f"{feed}.new"
        put_right: list[IssueSpan] = []
        anew: files.Anew = {}
        if wrong:
            from jira_crawler.feeds.clusters import righting

            anew = righting(wrong, put_right)
        note = partial(self.store.clusters.note, put_right)
        with closing(self.store.feed_index.live(feed)) as live:
            offsets = files.copy_spans(old, new, live, anew)
            # Where the store is shared, nobody else is to wait for a file to be copied.
            with files.spooled(offsets) if self.store.writer.is_shared else nullcontext(offsets) as moved:
                self.store.feed_index.begin_swap(feed, moved, lambda: new.stat().st_size, note)
        files.replace(new, old)
        self.store.feed_index.end_swap(feed)
        self._lengths[feed] = old.stat().st_size

    def write_rejects(self) -> None:
        """Writes rejects.jsonl anew from the store, in a fixed order, readable by its owner only."""
        self._retry(lambda: rejects.replace(self.folder, self.store.rejects()))

    def close(self) -> None:
        self._writer.shutdown()
        self.store.close()
        self._unlock()

    def _unlock(self) -> None:
        while self._locks:
            os.close(self._locks.pop())

    def _own(self) -> dict[str, tuple[int, int | None]]:
        """The lengths of the feeds that are ours to write, cut back and compact."""
        return {feed: size for feed, size in self.store.feed_index.all().items() if shards.is_of(feed, self.shard)}

    def _recover(self) -> Iterator[tuple[str, int]]:
        yield from opening.recovered(self.store, self.folder, self._own(), writing=self.writing)
