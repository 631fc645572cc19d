"""What a crawl that never ends does beside crawling: tables, feeds in order, a current report, old deliveries gone."""

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
from jira_crawler.sentences import masked
from jira_crawler.settings import secret

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
DAY: Final = 86_400
HOUR: Final = 3_600.0


class Upkeep:
    """Keeps what is made of the store near it. One thing of a kind at a time, in threads, never in a crawl's way.

    `tabled` is told when an update of the tables began that has ended (epoch ms): all that was stored by then is in it.
    `trouble` says why the tables are not brought up, and is "" while they are.
    """

    def __init__(self, crawler: Crawler, site: str, tabled: Callable[[int], None]):
        settings = crawler.settings
        self.crawler, self.site, self._tabled = crawler, site, tabled
        self.commits = CommitExtension.of(crawler)
        self.tables = settings.getbool("TABLES")
        self._tables_seconds = settings.getfloat("TABLES_SECONDS")
        self._compact_seconds = settings.getfloat("COMPACT_SECONDS")
        self._audit = settings.getint("AUDIT_DAYS") * DAY * 1000
        self._consumers = settings.getint("CONSUMER_DAYS") * DAY * 1000
        now = time.monotonic()
        self._dirty, self._tables_due, self._compact_due, self._prune_due = True, now, now + self._compact_seconds, now
        self._updating: asyncio.Task[None] | None = None
        self.trouble = ""

    def changed(self) -> None:
        """Notes that something was committed."""
        self._dirty = True

    def tick(self, now: float) -> None:
        """Begins what is due."""
        is_free = self._updating is None and not self.commits.compacting  # which would move what is being read
        if self.tables and self._dirty and now >= self._tables_due and is_free:
            self._dirty = False
            self._updating = asyncio.ensure_future(self._update())
        if now >= self._prune_due:
            self._prune_due = now + HOUR
            store, at = self.commits.dataset.store, int(time.time() * 1000)
            store.delivery_audit.prune(at - self._audit)
            for name in store.consumers.expire(at - self._consumers):
                logger.warning("%s has not followed the changes for long, and nothing is kept for it any more", name)

    def compaction_is_due(self, now: float) -> bool:
        """Whether feeds are to be put in order; not while tables read them, whose update is awaited."""
        return now >= self._compact_due

    def compact(self, now: float) -> None:
        """Begins to put the feeds in order, unless a commit or an update of the tables is under way."""
        if self._updating is None and self.commits.begin_compaction():
            self._compact_due = now + self._compact_seconds

    async def _update(self) -> None:
        began, started = int(time.time() * 1000), time.monotonic()
        try:
            await asyncio.to_thread(self._bring_up)
        except Exception as error:  # the crawl goes on, and tries it again
            said = (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0].rstrip(".")
            sentence = masked(said, self.crawler.settings["STORE_URL"])
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

    def _bring_up(self) -> None:
        from jira_crawler.tables.run import bring_up

        settings = self.crawler.settings
        result = bring_up(
            Path(settings["OUTPUT_DIR"]),
            settings["STORE_URL"],
            redacted=settings.getbool("TABLES_REDACT"),
            trusting=True,
            processes=1,  # others can only be begun where signals are dealt with
            to=settings["TABLES_URL"],
            environment=secret,
        )
        for note in result.notes:
            logger.info("Tables: %s", note)

    async def close(self) -> None:
        """Waits for an update that is under way: it cannot be broken off."""
        while self._updating:
            await asyncio.wait([self._updating])
