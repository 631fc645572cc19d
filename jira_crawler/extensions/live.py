"""Runs a crawl that never ends: receives webhooks, asks for what they are about, and lists what they lost.

Webhooks and lists go through the same engine, pace, budget and pipelines as any crawl. While a pass lists what changed,
nothing else is asked, so that of two answers about an issue the later one is always the later question's.

The loop only turns: whatever waits for the store does so in one thread, so that a store which is away holds up the
crawl, and nobody who asks how it is.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from aiohttp import web
from scrapy import signals
from scrapy.utils.asyncio import create_looping_call

from jira_crawler.crawl.agenda import Agenda
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.extensions.live_metrics import LiveMetrics
from jira_crawler.extensions.metrics import PATH
from jira_crawler.extensions.passes import Passes
from jira_crawler.extensions.peers import Peers
from jira_crawler.extensions.readings import Readings
from jira_crawler.extensions.store_probe import StoreProbe
from jira_crawler.extensions.tables import Tables
from jira_crawler.extensions.turns import Turns
from jira_crawler.extensions.upkeep import Upkeep
from jira_crawler.extensions.watched.status import LiveStatus
from jira_crawler.frontier.protocol import FrontierLost
from jira_crawler.middlewares.credentials import Credentials
from jira_crawler.recording import Recording
from jira_crawler.scheduling import committed, stopping
from jira_crawler.serve.health import Health
from jira_crawler.serve.parts import Part, Served, made
from jira_crawler.serve.reception import Reception
from jira_crawler.serve.standing import lagging
from jira_crawler.serve.watching import FIND, StatusPages
from jira_crawler.serve.worklist import Worklist
from jira_crawler.settings import secret
from jira_crawler.store.exclusive_writer import patience

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from jira_crawler.crawl.engine import CrawlEngine
    from jira_crawler.crawl.following import Following
    from jira_crawler.crawl.session import Session
    from jira_crawler.crawl.task import Task
    from jira_crawler.sites import Site
    from jira_crawler.store.store import Store

logger = logging.getLogger(__name__)
ENDING = 30.0  # seconds that a store which is away is waited for in all, once the crawl is told to end
TICK = 0.05  # seconds between two looks at what is due
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


class Live:
    """Belongs to the spider of that name, which adds it to the extensions."""

    def __init__(self, crawler: Crawler):
        self.crawler, self.spider = crawler, cast(Follower, crawler.spider)
        self.session, self.following = self.spider.session, self.spider.following
        settings, self.peers = crawler.settings, self.spider.peers
        self.server = Reception(settings, self.spider.site)
        self.began = time.time()
        self.parts: list[Part] = []  # what is served of the folder
        self.status, self.counts = LiveStatus(self), LiveMetrics(crawler.stats)
        self.passes = Passes(self)
        self.turns = Turns(self)
        self._is_ending = False
        self._probe = StoreProbe(lambda: self.store.delivery_audit, self.spider.site.name, settings["STORE_URL"])
        self._thread = ThreadPoolExecutor(1, "engine")  # one: the engine and the worklist are for one thread at a time
        self._clock = create_looping_call(self.turns.tick)
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.turns.settle, signal=committed)
        crawler.signals.connect(self.stop, signal=stopping)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Live:
        return cls(crawler)

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
        return Upkeep(self.crawler, self.spider.site.name, self.status.tabled, is_shared=self.peers.are_there)

    @property
    def store(self) -> Store:
        return self.commits.dataset.store

    @property
    def agenda(self) -> Agenda | None:
        """When which pass is due; None before the first one, and where another process makes them."""
        return self.passes.agenda

    @property
    def follows(self) -> bool:
        """Whether the projects were crawled, and what changes is taken in from now on."""
        return self.agenda is not None or self.turns.helps

    @property
    def poll(self) -> float:
        """Seconds between two passes, 0 where another process makes them."""
        return self.passes.poll if self.peers.leads else 0.0

    async def in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        """Does what may have to wait for the store, one thing after the other; the loop turns meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def later(self, work: Callable[..., object], *arguments: Any) -> None:
        """Does the same for whoever cannot wait; where it fails, the crawl ends."""
        if self._is_ending:
            work(*arguments)
            return

        async def do() -> None:
            try:
                await self.in_thread(work, *arguments)
            except Exception as error:
                self.commits.fail("What was crawled cannot be noted", error)

        task = asyncio.ensure_future(do())
        self.turns.kept.add(task)
        task.add_done_callback(self.turns.kept.discard)

    async def opened(self) -> None:
        """Listens before the first question is asked: what changes meanwhile is not to be missed."""
        patience.lasts()
        patience.none_here()
        self.commits.serves = True
        self.parts = made(self._served())
        own = [route for part in self.parts for route in part.routes()]
        searches = any(isinstance(route, web.RouteDef) and route.path == FIND for route in own)
        pages = [*StatusPages(self.status.look, searches=searches).routes(), *self._metrics_page(), *own]
        try:
            await self.in_thread(self.peers.join, self.store.identity, self.session.scope.projects)
            await self.server.start(
                self.store.deliveries.receive, self.turns.arrive, self.health, pages=pages, timed=self.counts.timed
            )
        except (BadArgument, Refused) as error:
            self.recording.stop(str(error))
            return
        except FrontierLost as error:
            self.recording.stop(f"The other processes cannot be found: {str(error).rstrip('.')}.")
            return
        for part in self.parts:
            await part.start()
        logger.info("How it is can be seen at %s", self.server.url)
        self.turns.is_on = True
        self._clock.start(TICK, now=False)

    def holds_something(self) -> bool:
        """Whether each project was crawled before, so that it can be followed though the tracker is away now."""
        store, site = self.store.progress, self.spider.site.name
        known = [store.of(site, project) for project in self.session.scope.projects]
        return all(each and each.finished for each in known)

    # --- around it

    def _small_tables(self) -> None:
        if tables := self.crawler.get_extension(Tables):
            tables.ask_again()

    def _served(self) -> Served:
        settings = self.crawler.settings
        return Served(
            output=Path(settings["OUTPUT_DIR"]),
            store_url=settings["STORE_URL"],
            setting=settings.get,
            secret=secret,
            policy=self.commits.policy,
            leads=lambda: self.peers.leads,
        )

    def _metrics_page(self) -> list[web.RouteDef]:
        """What Prometheus asks, if there is what speaks its language."""
        try:
            from jira_crawler.extensions.exposition import metrics_handler
        except ModuleNotFoundError:
            return []
        return [web.get(PATH, metrics_handler(self.crawler.stats, Readings(self.crawler)))]

    async def health(self) -> Health:
        """Says how it is; the store is tried, because nothing else would tell that it cannot be written."""
        lent = self.crawler.get_downloader_middleware(Credentials)
        trouble, backlog = await self._probe.ask()
        return Health(
            now=time.time(),
            began=self.began,
            receiving=bool(self.server.signatures),
            trouble=trouble or self.server.trouble,
            tables=self.upkeep.trouble,
            waiting=backlog.waiting,
            oldest=backlog.store and backlog.store / 1000,
            delivered=backlog.last and backlog.last / 1000,
            polled=self.passes.polled,
            poll_seconds=self.poll,
            levels={name: each.at / 1000 if each.at else None for name, each in self.following.levels.fetched.items()}
            if self.following.levels.fields
            else {},
            credentials=lent.state if lent else "none",
            parts=lagging(self.parts),
            configuration={
                "site": self.spider.site.url,
                "projects": list(self.session.scope.projects),
                "poll_seconds": self.poll,
                "signed": bool(self.server.signatures),
                "tables": self.upkeep.tables,
                "leads": self.peers.leads,
            },
        )

    # --- the end

    async def stop(self) -> None:
        """Answers what was accepted; nothing is asked for any more, and what is not done is done by the next run.

        What is under way comes to its end meanwhile.
        """
        if self._is_ending:
            return
        self._is_ending, self.turns.is_on = True, False
        patience.ends(ENDING)
        patience.none_here(none=False)
        if self._clock.running:
            self._clock.stop()
        await self.server.stop()
        await self.turns.close()
        for part in self.parts:
            await part.stop()
        await self.status.close()
        await self.upkeep.close()
        self._probe.close()

    def closed(self) -> None:
        """Stands behind the last commit, and before the report, which closes the store."""
        self._thread.shutdown()
        if not self.peers.are_there:
            return
        if self.peers.leads and not self.commits.is_broken:
            self.upkeep.finish()
        try:
            self.worklist.leave()
            self.peers.leave()
        except FrontierLost as error:
            logger.warning("The other processes were not told of the end: %s", error)
