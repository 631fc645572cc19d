"""Makes the feeds again from the store, as the refining steps are now: no network, and as many processes as cores."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.crawl.scope import project_keys
from jira_crawler.crawl.session import CrawlState
from jira_crawler.engines.choice import require
from jira_crawler.exceptions import Refused
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.policy import Policy
from jira_crawler.recording import Recording
from jira_crawler.refine.chain import chain, refine
from jira_crawler.refine.pool import processes
from jira_crawler.settings import secret
from jira_crawler.spiders import arguments, remaking, restoring
from jira_crawler.spiders.refined import CHUNK, Refined, Stop, by_engine, in_pool
from jira_crawler.store import tally

if TYPE_CHECKING:
    from jira_crawler.snapshot.source import Snapshot


class NoItems:
    """Stands where Scrapy has its item pipelines: what a replay refines goes through the same steps elsewhere.

    They are made once beforehand, as Scrapy would: where one cannot be, nothing is begun.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        chain(CommitExtension.of(crawler).policy)
        return cls()

    async def open_spider_async(self) -> None:
        """Nothing is opened."""

    async def process_item_async(self, item: object) -> object:
        return item

    async def close_spider_async(self) -> None:
        """Nothing is closed."""


class Replay(Spider):
    """`[-a projects=KAFKA,SPARK] [-a origin=ADDRESS]`

    read a chunk → refine it elsewhere → record it here, if it came out differently → duplicates.
    """

    name = "replay"
    refines = True  # so that `scrapy crawl` begins with that
    requests: tuple[Request, ...] = ()  # there are none
    snapshot: Snapshot | None = None  # what is refined, where that is not the store
    recording: Recording
    # Without handlers there is no way out, and nothing that a site would have to be known for.
    custom_settings: dict[Any, Any] = {  # noqa: RUF012 - Scrapy's own declaration
        "DOWNLOADER_MIDDLEWARES": {},
        "DOWNLOAD_HANDLERS": {"http": None, "https": None, "ftp": None, "s3": None},
        "SPIDER_MIDDLEWARES": {},
        "ITEM_PROCESSOR": NoItems,
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
    }

    def __init__(self, projects: str = "", origin: str = "", **kwargs: Any):
        arguments.none_left(self.name, kwargs)
        super().__init__(**kwargs)
        self.projects = project_keys(projects, repositories=True) if projects.strip() else ()
        self.stops: list[Stop] = []
        self.origin = origin  # what is refined: the store, or a snapshot of it

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.settings.set("JOBDIR", None, priority="cmdline")  # it belongs to a crawl
        require(crawler.settings["ENGINE"] or "local")
        if spider.origin:
            from jira_crawler.snapshot.source import Snapshot  # Scrapy loads every spider: only this one pays for Arrow

            spider.snapshot = Snapshot.opened(spider.origin, secret, spider.projects)
            spider.snapshot.check()
        spider.recording = Recording(
            crawler, "store", CrawlState(run=int(time.time() * 1000)), report="replay.json", count=spider.tally
        )
        return spider

    @property
    def policy(self) -> Policy:
        return CommitExtension.of(self.crawler).policy

    def tally(self) -> tuple[int, Counter[str], Counter[str]]:
        return tally.of_projects(self.recording.dataset.store.engine, self.projects)

    async def start(self) -> AsyncIterator[Request]:
        try:
            await self.replay()
        except Refused as error:  # processes that die, an engine that is away
            self.recording.add_finding(str(error))
        except SQLAlchemyError as error:
            self.recording.add_finding(
                f"The store cannot be read: {str(getattr(error, 'orig', None) or error).splitlines()[0]}."
            )
        except Exception as error:
            self.logger.exception("Replay")
            self.recording.add_finding(f"The replay broke off: {type(error).__name__}: {error}.")
        for request in self.requests:
            yield request

    async def replay(self) -> None:
        """Records every stored issue anew, and then those whose canonical issue has another content by now."""
        if self.snapshot and not restoring.is_own(self.recording.dataset, self.snapshot):
            await restoring.restore(self.crawler, self.snapshot)
            if self.recording.stopping:
                return
        self.recording.counted = tally.held(self.recording.dataset.store.engine, self.projects)
        if missing := [project for project in self.projects if project not in self.recording.counted]:
            self.recording.add_finding(f"The store holds no issue of {', '.join(missing)}.")
        elif not self.recording.counted:
            self.recording.add_finding("The store holds no issue.")
        async for rows, outcomes in self.refined(sum(self.recording.counted.values())):
            remaking.record_outcomes(self.crawler, rows, outcomes)
            self.recording.state.listed += len(rows)
            if self.recording.stopping:
                return
        CommitExtension.of(self.crawler).commit()
        for orphan in self.recording.dataset.store.orphans():
            remaking.record_outcome(
                self.crawler, orphan, refine(orphan.raw_issue(), self.policy)
            )  # it is counted by now
            await asyncio.sleep(0)  # an interrupt gets its turn
        await remaking.remake(self.crawler)  # of other projects

    def closed(self, reason: str) -> None:
        """Gives up what is refined elsewhere; Scrapy calls it, however the run ends."""
        for stop in self.stops:
            stop()

    def refined(self, count: int) -> Refined:
        """Gives every chunk of the store with what became of it, in order."""
        store = self.recording.dataset.store
        if self.settings["ENGINE"] or (self.snapshot and restoring.is_own(self.recording.dataset, self.snapshot)):
            return by_engine(self.settings, store, self.projects, self.policy, self.origin, self.stops)
        most = min(processes(self.settings.getint("REFINE_PROCESSES")), -(-count // CHUNK))
        return in_pool(store.chunks(CHUNK, self.projects), most, self.policy)
