"""Crawls the projects of a Jira through its REST search: completely, politely, and with proof."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from jira_crawler.crawl.attachments import FileLimits
from jira_crawler.crawl.engine import CrawlEngine, jira_engine
from jira_crawler.crawl.scope import CrawlScope, Job, project_keys
from jira_crawler.crawl.session import Session
from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds.attachments import FOLDER
from jira_crawler.settings import secret
from jira_crawler.sites import second_account
from jira_crawler.spiders import arguments
from jira_crawler.spiders.tracker_spider import TrackerSpider
from jira_crawler.trackers.jira.page_size import PageSize


class Jira(TrackerSpider):
    """`-a projects=KAFKA,SPARK [-a site=NAME|URL] [-a jql=…] [-a since=…] [-a limit=N] [-a full=true] [-a verify=true]
    [-a remote_links=true] [-a attachments=true]`

    probe → count every project → list its windows, or only what changed since the last crawl → last pass over what
    changed meanwhile → links and files, where asked for → count again → verify, where asked for or where the counts
    differ.
    """

    name = "jira"
    in_fleets = True

    def __init__(
        self,
        projects: str = "",
        jql: str = "",
        since: str = "",
        limit: str = "",
        full: str = "",
        verify: str = "",
        remote_links: str = "",
        attachments: str = "",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.scope = arguments.read(projects, jql, since, limit, datetime.now(UTC))
        full_, only = arguments.flag("full", full), verify == "only"
        verify = "only" if only else "true" if arguments.flag("verify", verify) else ""
        self.remote_links = arguments.flag("remote_links", remote_links)
        self.attachments = arguments.flag("attachments", attachments)
        self.jobs = {project: Job(project, full=full_, verify=verify) for project in self.scope.projects}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        if not crawler.settings["REDIS_URL"]:  # where a worker of a fleet waits to be told
            project_keys(kwargs.get("projects", ""))
        return super().from_crawler(crawler, *args, **kwargs)

    def assemble(self, session: Session, settings: BaseSettings) -> CrawlEngine:
        if session.shared and not self.scope.whole_projects:
            raise BadArgument("jql=, since= and limit= are for a crawl of one process: a fleet crawls whole projects.")
        if session.shared and (self.remote_links or self.attachments):
            raise BadArgument("remote_links= and attachments= are for a crawl of one process, without REDIS_URL.")
        if self.attachments and (Path(settings["OUTPUT_DIR"]) / FOLDER).is_symlink():
            raise BadArgument(f"{Path(settings['OUTPUT_DIR']) / FOLDER} is a symbolic link: make it a folder.")
        files = _limits(settings) if self.attachments else None
        return assemble(session, settings, self.scope, self.jobs, links=self.remote_links, files=files)


def assemble(
    session: Session,
    settings: BaseSettings,
    scope: CrawlScope,
    jobs: dict[str, Job],
    *,
    links: bool = False,
    files: FileLimits | None = None,
) -> CrawlEngine:
    """Puts together the engine of a crawl through the REST search, with `links` to elsewhere and `files` if wanted."""
    session.scope, session.jobs = scope, jobs
    sizes = PageSize(settings.getint("PAGE_SIZE"), settings.getfloat("PAGE_SECONDS"), settings.getint("PAGE_BYTES"))
    return jira_engine(
        session,
        sizes,
        window_issues=settings.getint("SLICE_ISSUES"),
        refines=not settings.getbool("SCRAPE_ONLY"),
        links=links,
        files=files,
        overlay=account.base if (account := second_account(session.site, secret)) else None,
    )


def _limits(settings: BaseSettings) -> FileLimits:
    return FileLimits(
        file=settings.getint("ATTACHMENT_BYTES"),
        issue=settings.getint("ATTACHMENT_ISSUE_BYTES"),
        run=settings.getint("ATTACHMENT_RUN_BYTES"),
        types=tuple(each.strip().lower() for each in settings["ATTACHMENT_TYPES"].split(",") if each.strip()),
    )
