"""Follows the projects of a Jira for ever: crawls what is missing, then takes in whatever changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DontCloseSpider

from jira_crawler.crawl.engine import CrawlEngine
from jira_crawler.crawl.following import Following
from jira_crawler.crawl.scope import CrawlScope, Job, project_keys
from jira_crawler.crawl.session import Session
from jira_crawler.crawl.tasks import FetchPage
from jira_crawler.exceptions import BadArgument
from jira_crawler.scheduling import TASK
from jira_crawler.spiders.jira import assemble
from jira_crawler.spiders.tracker_spider import TrackerSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

    from jira_crawler.crawl.handling import Effects
    from jira_crawler.extensions.live import Live as LiveExtension


EXTENSION = "jira_crawler.extensions.live.Live"  # what runs it


class Live(TrackerSpider):
    """`-a projects=KAFKA,SPARK [-a site=NAME|URL]`

    Until it is stopped. What webhooks tell is fetched at once, issue by issue; what they lost is found by listing what
    changed, every LIVE_POLL seconds. See docs/live.md.
    """

    name = "live"

    following: Following

    def __init__(self, projects: str = "", **kwargs: Any):
        super().__init__(**kwargs)
        self.scope = CrawlScope(project_keys(projects))
        self.jobs = {project: Job(project) for project in self.scope.projects}

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.set("TABLES", True, priority="spider")
        # No other crawl loads it, nor what it needs to serve.
        settings.set("EXTENSIONS", settings.getdict("EXTENSIONS") | {EXTENSION: 29}, priority="spider")

    def open(self, crawler: Crawler) -> None:
        if crawler.settings["REDIS_URL"]:
            raise BadArgument("A live crawl is one process: unset REDIS_URL.")
        if crawler.settings.getbool("SCRAPE_ONLY"):
            raise BadArgument("A live crawl keeps its feeds current: SCRAPE_ONLY is not for it.")
        super().open(crawler)

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

    def effects(self, response: Response) -> Effects:
        effects = super().effects(response)
        is_page = isinstance(response.meta[TASK], FetchPage)
        yield from self.following.unknown(effects) if is_page and self.following.has_begun else effects

    def stopped(self, sentence: str) -> None:
        """A tracker that is away, or refuses us, ends a pass; before anything is here, it ends the crawl."""
        if not self.following.has_begun and not self.live.holds_something():
            super().stopped(sentence)
        self.live.broke_off(sentence)

    def idle(self) -> None:
        """Goes on with the pass that is under way; when it is over, waits for what comes."""
        if self.recording.stopping:
            return
        if not self.advance():
            self.live.quiet()
        raise DontCloseSpider
