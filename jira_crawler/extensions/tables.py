"""With TABLES, a crawl learns what the tracker calls its fields, and brings the tables up when it ends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider, NotConfigured
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.defer import deferred_from_coro
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.crawl.session import Session
from jira_crawler.exceptions import Refused, Unreadable
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.recording import Recording
from jira_crawler.sentences import masked
from jira_crawler.settings import secret
from jira_crawler.store.catalogue import Entry
from jira_crawler.trackers import PAGE

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
MOST = 200  # pages of fields


class Tables:
    """Stands between CommitExtension, which has committed all by then, and Report, which closes the store."""

    def __init__(self, crawler: Crawler):
        if not crawler.settings.getbool("TABLES"):
            raise NotConfigured
        self.crawler = crawler
        self._asked: Any = None
        crawler.signals.connect(self.idle, signal=signals.spider_idle)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Tables:
        return cls(crawler)

    def idle(self) -> None:
        """Asks once what fields are called, as soon as the tracker has said who it is and nothing else is asked."""
        session = getattr(self.crawler.spider, "session", None)
        if self._asked or not isinstance(session, Session) or Recording.of(self.crawler).stopping:
            return
        if session.state.dialect and session.state.dialect != PAGE:
            self._asked = deferred_from_coro(self._ask(session))
            raise DontCloseSpider

    def ask_again(self) -> None:
        """Asks once more, because a field is another one by now."""
        self._asked = None

    async def _ask(self, session: Session) -> None:
        """Takes in the names that come; without them the tables have ids."""
        from jira_crawler.tables.fields import PAGE_SIZE, ask_all, ask_search

        dialect, base, asked_at = session.state.dialect, session.site.url, int(time.time() * 1000)
        entries: list[Entry] = []
        try:
            found, _ = await self._fields(ask_all(base, dialect).address, session, asked_at)
            entries += found
            for page in range(MOST if dialect == "cloud" else 0):
                found, is_last = await self._fields(ask_search(base, page * PAGE_SIZE).address, session, asked_at)
                entries += found
                if is_last:
                    break
        except Exception as error:  # whatever a middleware, a server or a site makes of the question
            logger.info("What the tracker calls its fields is not known: %s", masked(error))
        commits = CommitExtension.of(self.crawler)
        try:
            await asyncio.to_thread(commits.dataset.store.catalogue.learn, list(_each_once(entries)))
        except SQLAlchemyError as error:
            commits.fail("The store cannot be written", error)

    async def _fields(self, address: str, session: Session, asked_at: int) -> tuple[list[Entry], bool]:
        from jira_crawler.tables.fields import read_fields

        request = Request(address, headers={"Accept": "application/json"}, callback=NO_CALLBACK)
        response = await self.crawler.engine.download_async(request)
        if response.status != 200:
            raise Unreadable(f"status {response.status}")
        return read_fields(response.body, session.site.name, asked_at)

    def closed(self) -> None:
        from jira_crawler.tables.run import bring_up  # which brings Arrow: most crawls write no tables

        recording, settings = Recording.of(self.crawler), self.crawler.settings
        if recording.shared:
            if not hasattr(self.crawler.spider, "following"):  # where several follow a tracker, one keeps the tables
                logger.info("A fleet's tables are made by scrapy tables, when it is through")
            return
        try:
            result = bring_up(
                Path(settings["OUTPUT_DIR"]),
                settings["STORE_URL"],
                redacted=settings.getbool("TABLES_REDACT"),
                trusting=True,
                processes=settings.getint("TABLES_PROCESSES"),
                store=CommitExtension.of(self.crawler).dataset.store,
                to=settings["TABLES_URL"],
                environment=secret,
            )
        except (Refused, OSError, SQLAlchemyError) as error:
            said = str(getattr(error, "orig", None) or error).splitlines()[0].rstrip(".")
            recording.add_finding(f"The tables were not brought up: {masked(said, settings['STORE_URL'])}.")
            return
        for note in result.notes:
            logger.info("Tables: %s", note)
        self.crawler.stats.inc_value("tables/months", result.months)
        self.crawler.stats.inc_value("tables/bytes", result.bytes)
        logger.info("Tables: %d months, %d files, %d bytes were written", result.months, result.files, result.bytes)


def _each_once(entries: list[Entry]) -> Iterator[Entry]:
    """Gives one entry of each field: both questions name most of them."""
    yield from {(entry.site, entry.kind, entry.id): entry for entry in entries}.values()
