"""Follows the projects of a Jira for ever: crawls what is missing, then takes in whatever changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.exceptions import DontCloseSpider

from jira_crawler.crawl.engine import CrawlEngine
from jira_crawler.crawl.following import Following
from jira_crawler.crawl.scope import CrawlScope, Job, project_keys
from jira_crawler.crawl.session import Session
from jira_crawler.crawl.tasks import FetchPage
from jira_crawler.exceptions import BadArgument
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.recording import Tally
from jira_crawler.scheduling import TASK
from jira_crawler.spiders.crawl_store import DatasetStore
from jira_crawler.spiders.jira import assemble
from jira_crawler.spiders.tracker_spider import Made, TrackerSpider
from jira_crawler.store import tally

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from jira_crawler.crawl.handling import Effects
    from jira_crawler.extensions.live import Live as LiveExtension
    from jira_crawler.extensions.peers import Peers


EXTENSION = "jira_crawler.extensions.live.Live"  # what runs it
OWN_FRONTIER = "jira_crawler.frontier.sqlite_frontier.SqliteFrontier"


class LiveStore(DatasetStore):
    """What waits is committed by the loop, which goes on turning; a thread that asks for it waits until it is."""

    def commit(self) -> None:
        commits = CommitExtension.of(self._crawler)
        if commits.loop is None:
            raise RuntimeError("the crawl does not run yet")
        asyncio.run_coroutine_threadsafe(commits.flush(), commits.loop).result()


class Live(TrackerSpider):
    """`-a projects=KAFKA,SPARK [-a site=NAME|URL]`

    Until it is stopped. What webhooks tell is fetched at once, issue by issue; what they lost is found by listing what
    changed, every LIVE_POLL seconds. See docs/live.md.
    """

    name = "live"
    beside_others = True

    following: Following
    peers: Peers

    def __init__(self, projects: str = "", **kwargs: Any):
        super().__init__(**kwargs)
        self.scope = CrawlScope(project_keys(projects))
        self.jobs = {project: Job(project) for project in self.scope.projects}

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.set("TABLES", True, priority="spider")
        if settings["REDIS_URL"]:  # several share the pace and what deliveries say; what one asks it asks alone
            settings.set("SCHEDULER_QUEUE_CLASS", OWN_FRONTIER, priority="spider")
        # No other crawl loads it, nor what it needs to serve.
        settings.set("EXTENSIONS", settings.getdict("EXTENSIONS") | {EXTENSION: 29}, priority="spider")

    def open(self, crawler: Crawler) -> None:
        from jira_crawler.extensions.peers import Peers

        if crawler.settings.getbool("SCRAPE_ONLY"):
            raise BadArgument("A live crawl keeps its feeds current: SCRAPE_ONLY is not for it.")
        self.peers = Peers.of(crawler.settings, self.name, self.site)
        super().open(crawler)
        self.session.store = LiveStore(crawler)

    @property
    def is_following(self) -> bool:
        """Whether what was missing is crawled, and what changes is taken in, here or beside whoever leads."""
        return self.following.has_begun or self.live.turns.helps

    def counting(self, run: int) -> Callable[[], Tally]:
        """Counts all that came since it began: each trailing pass gives what it lists a number of its own."""
        return lambda: tally.since(self.recording.dataset.store.engine, run)

    def assemble(self, session: Session, settings: BaseSettings) -> CrawlEngine:
        engine = assemble(session, settings, self.scope, self.jobs)
        if engine.following is None:
            raise RuntimeError("This engine cannot follow a tracker")
        self.following = engine.following
        return engine

    @property
    def live(self) -> LiveExtension:
        """What runs it; an extension, because it has to do with more than questions."""
        from jira_crawler.extensions.live import Live as LiveExtension

        found = self.crawler.get_extension(LiveExtension)
        if found is None:
            raise RuntimeError(f"{EXTENSION} must stay in EXTENSIONS")
        return found

    async def start(self) -> AsyncIterator[Request]:
        """Begins with what is missing, unless others may be at it already: then whoever leads does."""
        if not self.peers.are_there:
            async for request in super().start():
                yield request

    async def answer(self, response: Response) -> AsyncIterator[Made]:
        """Reads a reply in the thread that may wait for the store, and gives on what came of it."""
        effects, error = await self.live.context.in_thread(self._read, response)
        for each in effects:
            yield each
        if error:
            raise error

    def _read(self, response: Response) -> tuple[list[Made], Exception | None]:
        effects: list[Made] = []
        try:
            for each in self.answered(response):
                effects.append(each)
        except Exception as error:
            return effects, error
        return effects, None

    def progressed(self, watermarks: Mapping[str, int]) -> None:
        self.live.context.later(self.engine.progressed, watermarks)

    def effects(self, response: Response) -> Effects:
        effects = super().effects(response)
        is_page = isinstance(response.meta[TASK], FetchPage)
        yield from self.following.unknown(effects) if is_page and self.following.has_begun else effects

    def stopped(self, sentence: str) -> None:
        """A tracker that is away, or refuses us, ends a pass; before anything is here, it ends the crawl."""
        if not self.following.has_begun and not self.live.context.holds_something():
            super().stopped(sentence)
        self.live.passes.broke_off(sentence)

    def idle(self) -> None:
        """Goes on for ever: what is next when nothing is under way is decided where all is that is due."""
        if not self.recording.stopping:
            raise DontCloseSpider
