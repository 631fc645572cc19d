"""Where Scrapy has its item pipelines: they themselves, or the same steps in other processes, or none of them yet."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec import structs
from scrapy.exceptions import DropItem
from scrapy.pipelines import ItemPipelineManager

from jira_crawler.extensions.commit import CommitExtension, Unchanged
from jira_crawler.extensions.issue_rows import row
from jira_crawler.items import Issue, IssueBatch, RawIssue, replace
from jira_crawler.recording import Recording
from jira_crawler.refine.chain import check, rejection
from jira_crawler.refine.outcome import Rejected, Summary
from jira_crawler.refine.pool import RefinePool, processes
from jira_crawler.store.rows import KEPT, Row
from jira_crawler.trackers import reader

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.pipelines import ItemProcessorProtocol
    from scrapy.settings import BaseSettings

# Enough that handing them over does not show, few enough that every process has some of an answer.
BATCH_ISSUES = 50
NOT_YET = "not refined yet"


def batch_issues(settings: BaseSettings) -> int:
    """Gives how many issues of one answer go on together; 0 where each goes through Scrapy's pipelines by itself.

    Scrapy counts items: where it is to end a crawl by their number, each batch is one issue.
    """
    if not settings.getbool("SCRAPE_ONLY") and processes(settings.getint("REFINE_PROCESSES")) == 1:
        return 0
    return 1 if settings.getint("CLOSESPIDER_ITEMCOUNT") else BATCH_ISSUES


class IssueProcessor:
    """Chooses how the steps of ITEM_PIPELINES are run; what they are is the same in each way."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ItemProcessorProtocol:
        if not batch_issues(crawler.settings):
            return ItemPipelineManager.from_crawler(crawler)
        check(CommitExtension.of(crawler).policy)
        return DeferRefining(crawler) if crawler.settings.getbool("SCRAPE_ONLY") else RefineInPool(crawler)


class RefineInPool:
    """Sends each batch to a process that refines it, and records what comes of it, in the order in which they came.

    As long as a batch is on its way Scrapy holds the answer that it came in to be unfinished, and is told how large the
    issues are: where both come to more than SCRAPER_SLOT_MAX_ACTIVE_SIZE, it asks for nothing more.
    """

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        self.commits = CommitExtension.of(crawler)
        self.pool = RefinePool(processes(crawler.settings.getint("REFINE_PROCESSES")), self.commits.policy)
        self._last: asyncio.Future[None] | None = None

    async def open_spider_async(self) -> None:
        """Nothing is begun before there is something to refine."""

    async def process_item_async(self, item: IssueBatch) -> IssueBatch:
        before, recorded = self._last, asyncio.get_running_loop().create_future()
        self._last = recorded
        size = sum(len(raw.payload) for raw in item.issues)
        self._hold(size)
        try:
            outcomes = await self.pool.refine(item.issues)
            if before:
                await before
            self.commits.record_batch(item.issues, outcomes)
        except DropItem:
            raise
        except Exception as error:  # nothing more is committed: what this batch came from is asked again
            self.commits.fail("What was crawled cannot be refined", error)
            raise Unchanged("refining broke off") from error
        finally:
            recorded.set_result(None)
            self._hold(-size)
        return item

    def _hold(self, size: int) -> None:
        scraper = getattr(self.crawler.engine, "scraper", None)
        if scraper and scraper.slot:
            scraper.slot.active_size += size

    async def close_spider_async(self) -> None:
        self.pool.close()


class DeferRefining:
    """Stores each batch as it came.

    An issue that was refined earlier and has not changed since keeps what became of it, its lines in the feed
    included; its row says that it was listed again. Any other waits in the store, without a version, so that no
    crawl takes it for done. One that is malformed at first sight is a reject by now, as it would be later.
    """

    def __init__(self, crawler: Crawler):
        self.commits = CommitExtension.of(crawler)
        self.recording = Recording.of(crawler)

    async def open_spider_async(self) -> None:
        """Nothing is to be opened."""

    async def process_item_async(self, item: IssueBatch) -> IssueBatch:
        with self.commits.reading():
            refined = self.commits.dataset.store.versions([(raw.site, raw.id) for raw in item.issues])
            same = [raw for raw in item.issues if _is_still(raw, refined.get((raw.site, raw.id), ""))]
            rows = self.commits.dataset.store.rows([(raw.site, raw.id) for raw in same]) if same else {}
        # Another worker may have brought another version meanwhile.
        known = {identity: stored for identity, stored in rows.items() if stored.version == refined[identity]}
        for raw in same:
            if stored := known.get((raw.site, raw.id)):
                self._listed_again(raw, stored)
        fresh = [raw for raw in item.issues if (raw.site, raw.id) not in known]
        self.commits.record_batch(fresh, [unrefined(raw) for raw in fresh])
        return item

    async def close_spider_async(self) -> None:
        """Nothing is to be closed."""

    def _listed_again(self, raw: RawIssue, known: Row) -> None:
        fresh = row(raw, self.recording.run, Rejected(KEPT, NOT_YET))
        names = ("crawled_project", "base_url", "dialect", "fetched_at", "run", "cut", "payload")
        self.commits.record(replace(known, **{name: getattr(fresh, name) for name in names}), b"")


def unrefined(raw: RawIssue) -> Rejected:
    """Says what becomes of an issue that is refined another time: it waits, or can be seen to be none."""
    head = None if raw.failed else reader(raw.dialect, raw.base_url).read_head(raw)
    if head:
        return Rejected(KEPT, NOT_YET, Summary(*head, version="", content="", minhash=b""))
    read = _validated(raw)
    if isinstance(read, Rejected):
        return read
    return Rejected(KEPT, NOT_YET, structs.replace(Summary.of(read), version=""))


def _is_still(raw: RawIssue, version: str) -> bool:
    """Whether an issue is as it was when it was refined, if it was."""
    if not version or raw.failed:
        return False
    read = _validated(raw)
    return isinstance(read, Issue) and read.version == version


def _validated(raw: RawIssue) -> Issue | Rejected:
    from jira_crawler.refine.validate import validate  # most crawls that only scrape need not load it

    try:
        return validate(raw)
    except Exception as error:
        return rejection(error)
