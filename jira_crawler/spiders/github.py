"""Crawls repositories of a GitHub: issues and pull requests, and all that is said of them, with proof."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from scrapy.settings import BaseSettings

from jira_crawler import sites
from jira_crawler.crawl.engine import CrawlEngine
from jira_crawler.crawl.github_engine import github_engine
from jira_crawler.crawl.github_session import GitHubScope
from jira_crawler.crawl.scope import CrawlScope, Job
from jira_crawler.crawl.session import Session
from jira_crawler.settings import secret
from jira_crawler.sites import Site
from jira_crawler.spiders import arguments
from jira_crawler.spiders.git_log import Clones
from jira_crawler.spiders.tracker_spider import TrackerSpider

logger = logging.getLogger(__name__)


class GitHub(TrackerSpider):
    """`-a repos=apache/kafka,apache/spark [-a site=github|URL] [-a sweep=true] [-a files=true] [-a git=FOLDER]`

    find each repository → list its items and comments, or what changed since the last crawl → commits → look at every
    number → details by GraphQL → put issues together.
    """

    name = "github"
    custom_settings: dict[Any, Any] = {  # noqa: RUF012 - Scrapy's own declaration
        # One process: what is to be asked follows from its store, and it asks one question after the other.
        "SCHEDULER_QUEUE_CLASS": "jira_crawler.frontier.sqlite_frontier.SqliteFrontier",
    }

    def __init__(self, repos: str = "", sweep: str = "", files: str = "", git: str = "", **kwargs: Any):
        super().__init__(**{"site": "github"} | kwargs)
        self.repositories = arguments.repositories(repos)
        self.sweep, self.files = arguments.flag("sweep", sweep), arguments.flag("files", files)
        self.clones = Clones(Path(git), self.repositories) if git.strip() else None

    @staticmethod
    def find_site(wanted: str) -> Site:
        return sites.find_github(wanted)

    def assemble(self, session: Session, settings: BaseSettings) -> CrawlEngine:
        session.scope = CrawlScope(self.repositories)
        session.jobs = {name: Job(name, full=self.sweep) for name in self.repositories}
        has_token = bool(sites.variables(self.site, secret))
        if not has_token:
            logger.warning(
                "Without a token %s answers few requests, and GraphQL none: sizes, reviews and closers stay unknown.",
                self.site.url,
            )
        scope = GitHubScope(self.repositories, self.sweep, self.files, has_token)
        refines = not settings.getbool("SCRAPE_ONLY")
        return github_engine(session, scope, self.held.repositories(self.site.name), self.clones, refines=refines)
