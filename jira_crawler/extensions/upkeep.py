"""What a crawl that never ends does beside crawling: tables, feeds in order, old deliveries gone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.exceptions import Refused
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.extensions.store_errors import said
from jira_crawler.feeds import shards
from jira_crawler.refine.executor import begin_server
from jira_crawler.settings import secret

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
DAY: Final = 86_400
HOUR: Final = 3_600.0
MUCH: Final = 5_000  # issues that one process has read before others have begun


class Upkeep:
    """Keeps what is made of the store near it. One thing of a kind at a time, in threads, never in a crawl's way.

    `tabled` is told when an update of the tables began that has ended (epoch ms): all that was stored by then is in it,
    and the deliveries of the site that were about it are marked.
    `trouble` says why the tables are not brought up, and is "" while they are. Where the store `is_shared`, each
    process keeps its own shards in order, and the one that leads merges them and does all else.
    """

    def __init__(self, crawler: Crawler, site: str, tabled: Callable[[int], None], *, is_shared: bool = False):
        settings = crawler.settings
        self.crawler, self.site, self._tabled, self.is_shared = crawler, site, tabled, is_shared
        self.commits = CommitExtension.of(crawler)
        self.tables = settings.getbool("TABLES")
        self._tables_seconds = settings.getfloat("TABLES_SECONDS")
        self._compact_seconds = settings.getfloat("COMPACT_SECONDS")
        self._audit = settings.getint("AUDIT_DAYS") * DAY * 1000
        self._consumers = settings.getint("CONSUMER_DAYS") * DAY * 1000
        now = time.monotonic()
        self._dirty, self._tables_due, self._compact_due, self._prune_due = True, now, now + self._compact_seconds, now
        self._updating: asyncio.Task[None] | None = None
        self._beside: set[asyncio.Task[None]] = set()  # a merge, and old deliveries that go
        self._merges, self._merged = False, 0  # whether a merge is due, and what the last one knew of
        self.trouble = ""

    def changed(self) -> None:
        """Notes that something was committed."""
        self._dirty = True

    def tick(self, now: float, *, leads: bool) -> None:
        """Begins what is due."""
        if not leads:
            return
        is_free = self._updating is None and not self.commits.compacting  # which would move what is being read
        if self.tables and self._dirty and now >= self._tables_due and is_free:
            self._dirty = False
            self._updating = asyncio.ensure_future(self._update())
        if self._merges and not self.commits.compacting and not self._beside:
            self._merges = False
            self._do(self.merge)
        if now >= self._prune_due:
            self._prune_due = now + HOUR
            self._do(self._prune)

    def _do(self, work: Callable[[], None]) -> None:
        task = asyncio.ensure_future(asyncio.to_thread(work))
        self._beside.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._beside.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.commits.fail(
                "What is kept up cannot be", error if isinstance(error, Exception) else Refused(str(error))
            )

    def _prune(self) -> None:
        store, at = self.commits.dataset.store, int(time.time() * 1000)
        store.delivery_audit.prune(at - self._audit)
        for name in store.consumers.expire(at - self._consumers):
            logger.warning("%s has not followed the changes for long, and nothing is kept for it any more", name)

    def merge(self) -> None:
        """Makes the feeds out of the shards in the folder, if anything has changed since the last time.

        Where shards lie elsewhere it says so, and `scrapy merge --from` does it.
        """
        from jira_crawler.feeds.merge import merge

        dataset, folder = self.commits.dataset, Path(self.crawler.settings["OUTPUT_DIR"])
        if (latest := dataset.store.changes.latest()) == self._merged:
            return
        if all(map(shards.is_of, dataset.store.feed_index.all())):
            return  # what a crawl of one process left is whole, and nobody has written a shard beside it
        try:
            merged = merge(dataset.store, [folder], folder)
        except (Refused, OSError, SQLAlchemyError) as error:
            logger.error("The shards are not merged: %s", said(error, self.crawler.settings["STORE_URL"]))
            return
        if merged.missing:
            logger.warning("The shards are not merged: %s", merged.sentence)
            return
        self._merged = latest

    def compaction_is_due(self, now: float) -> bool:
        """Whether feeds are to be put in order; not while tables read them, whose update is awaited."""
        return now >= self._compact_due

    def compact(self, now: float) -> None:
        """Begins to put the feeds in order, unless a commit or an update of the tables is under way."""
        if self._updating is None and self.commits.begin_compaction():
            self._compact_due = now + self._compact_seconds
            self._merges = self.is_shared

    async def _update(self) -> None:
        began, started = int(time.time() * 1000), time.monotonic()
        try:
            processes = 1
            if await asyncio.to_thread(self._is_much):
                begin_server()  # here, for it cannot be begun in a thread
                processes = self.crawler.settings.getint("TABLES_PROCESSES")
            await asyncio.to_thread(self._bring_up_and_mark, processes)
        except Exception as error:  # the crawl goes on, and tries it again
            sentence = said(error, self.crawler.settings["STORE_URL"])
            if sentence != self.trouble:
                known = isinstance(error, (Refused, OSError, SQLAlchemyError))
                logger.error("The tables are not brought up: %s", sentence, exc_info=None if known else error)
            self.trouble, self._dirty = sentence, True
        else:
            self.trouble = ""
            self._tabled(began)
        finally:
            # A small folder is brought up more often than a large one: it takes a third of one core's time at most.
            now = time.monotonic()
            self._tables_due = now + min(self._tables_seconds, 2 * (now - started))
            self._updating = None

    def _is_much(self) -> bool:
        """Whether all tables are to be made, of so many issues that processes are worth their start."""
        from jira_crawler.tables.manifest import NAME
        from jira_crawler.tables.run import TABLES

        if (Path(self.crawler.settings["OUTPUT_DIR"]) / TABLES / NAME).exists():
            return False
        return sum(self.commits.dataset.store.months.counts().values()) >= MUCH

    def _bring_up_and_mark(self, processes: int) -> None:
        deliveries = self.commits.dataset.store.deliveries
        ready = deliveries.ready(self.site)  # what is stored by now the tables will hold, whatever any clock says
        self._bring_up(processes)
        deliveries.tabled(ready, int(time.time() * 1000))

    def _bring_up(self, processes: int = 1) -> None:
        from jira_crawler.tables.run import bring_up

        settings = self.crawler.settings
        result = bring_up(
            Path(settings["OUTPUT_DIR"]),
            settings["STORE_URL"],
            redacted=settings.getbool("TABLES_REDACT"),
            trusting=True,
            processes=processes,
            to=settings["TABLES_URL"],
            environment=secret,
        )
        for note in result.notes:
            logger.info("Tables: %s", note)

    async def close(self) -> None:
        """Waits for what is under way, which cannot be broken off."""
        while under_way := [*self._beside, *([self._updating] if self._updating else [])]:
            await asyncio.wait(under_way)

    def finish(self) -> None:
        """Leaves merged feeds and tables behind that hold all that is committed; whoever leads next may be at it."""
        self.merge()
        if self.tables:
            try:
                self._bring_up()
            except (Refused, OSError, SQLAlchemyError) as error:
                why = said(error, self.crawler.settings["STORE_URL"])
                logger.info("The tables are left to the next process: %s", why)
