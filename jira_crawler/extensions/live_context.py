"""What the parts of a live crawl share: spider and session, store and worklist, and a thread that may wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.extensions.live_metrics import LiveMetrics
from jira_crawler.extensions.tables import Tables
from jira_crawler.extensions.upkeep import Upkeep
from jira_crawler.extensions.watched.notes import LiveNotes
from jira_crawler.recording import Recording
from jira_crawler.serve.parts import Part
from jira_crawler.serve.reception import Reception
from jira_crawler.serve.worklist import Worklist

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from jira_crawler.crawl.engine import CrawlEngine
    from jira_crawler.crawl.following import Following
    from jira_crawler.crawl.session import Session
    from jira_crawler.crawl.task import Task
    from jira_crawler.extensions.peers import Peers
    from jira_crawler.sites import Site
    from jira_crawler.store.store import Store

T = TypeVar("T")


class Follower(Protocol):
    """What is needed of the spider."""

    site: Site
    session: Session
    engine: CrawlEngine
    following: Following
    peers: Peers

    def put(self, tasks: Iterable[Task]) -> bool: ...
    def count(self) -> None: ...


class LiveContext:
    """Is made by the extension Live and handed to its parts, none of which needs to know the extension.

    `parts` is what is served of the folder, `began` when the crawl began (epoch seconds), `kept` what is under way in
    the thread and nobody waits for.
    """

    def __init__(self, crawler: Crawler):
        self.crawler, self.spider = crawler, cast(Follower, crawler.spider)
        self.session, self.following, self.peers = self.spider.session, self.spider.following, self.spider.peers
        self.server = Reception(crawler.settings, self.spider.site)
        self.began = time.time()
        self.parts: list[Part] = []
        self.notes, self.counts = LiveNotes(self.session), LiveMetrics(crawler.stats)
        self.kept: set[asyncio.Future[None]] = set()
        self.is_ending = False
        self._thread = ThreadPoolExecutor(1, "engine")  # one: the engine and the worklist are for one thread at a time

    @cached_property
    def commits(self) -> CommitExtension:
        return CommitExtension.of(self.crawler)

    @cached_property
    def recording(self) -> Recording:
        return Recording.of(self.crawler)

    @cached_property
    def worklist(self) -> Worklist:
        projects = self.session.scope.projects
        return Worklist(self.spider.site.name, self.store, projects, self._small_tables, self.peers.claims)

    @cached_property
    def upkeep(self) -> Upkeep:
        return Upkeep(self.crawler, self.spider.site.name, self.notes.tabled, is_shared=self.peers.are_there)

    @property
    def store(self) -> Store:
        return self.commits.dataset.store

    async def in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        """Does what may have to wait for the store, one thing after the other; the loop turns meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def later(self, work: Callable[..., object], *arguments: Any) -> None:
        """Does the same for whoever cannot wait; where it fails, the crawl ends."""
        if self.is_ending:
            work(*arguments)
            return

        async def do() -> None:
            try:
                await self.in_thread(work, *arguments)
            except Exception as error:
                self.commits.fail("What was crawled cannot be noted", error)

        task = asyncio.ensure_future(do())
        self.kept.add(task)
        task.add_done_callback(self.kept.discard)

    def close(self) -> None:
        """Waits for what the thread has begun."""
        self._thread.shutdown()

    def holds_something(self) -> bool:
        """Whether each project was crawled before, so that it can be followed though the tracker is away now."""
        store, site = self.store.progress, self.spider.site.name
        known = [store.of(site, project) for project in self.session.scope.projects]
        return all(each and each.finished for each in known)

    def _small_tables(self) -> None:
        if tables := self.crawler.get_extension(Tables):
            tables.ask_again()
