"""Reads the pages that a Jira shows to people, for where it does not answer programs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request
from scrapy.settings import BaseSettings

from jira_crawler.crawl.engine import CrawlEngine
from jira_crawler.crawl.html_engine import html_engine
from jira_crawler.crawl.html_tasks import FetchHtmlIssue
from jira_crawler.crawl.keys import HtmlScope
from jira_crawler.crawl.scope import project_keys
from jira_crawler.crawl.session import Session
from jira_crawler.crawl.task import Task
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.middlewares.browser import BROWSER, executable
from jira_crawler.spiders import arguments
from jira_crawler.spiders.tracker_spider import TrackerSpider

MODES = ("auto", "always", "never")
# A comment, or the sentence that there are none, in any language; `Loading...` is neither. CSS eats backslashes.
COMMENTS = (
    "#issue_actions_container .activity-comment, "
    "#issue_actions_container .message-container:not(:text-matches('([.]{3}|…) *$'))"
)


class JiraPages(TrackerSpider):
    """`-a projects=KAFKA | -a keys=KAFKA-1,KAFKA-2 [-a site=NAME|URL] [-a browser=auto|always|never]`

    which keys: from the search, else one after the other → a page → its panels → a browser, where nothing else helps.
    """

    name = "jira_pages"
    # Pages are meant for people: here robots.txt is asked.
    custom_settings: dict[Any, Any] = {  # noqa: RUF012 - Scrapy's own declaration
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": "jira_crawler",
        "DOWNLOAD_MAXSIZE": 16 * 1024 * 1024,
        "DOWNLOAD_HANDLERS": {
            "http": "jira_crawler.middlewares.browser_download.BrowserDownloadHandler",
            "https": "jira_crawler.middlewares.browser_download.BrowserDownloadHandler",
        },
        # One process: its pace and budget are those of a fleet, its questions are its own.
        "SCHEDULER_QUEUE_CLASS": "jira_crawler.frontier.sqlite_frontier.SqliteFrontier",
    }

    def __init__(self, projects: str = "", keys: str = "", browser: str = "auto", **kwargs: Any):
        super().__init__(**kwargs)
        if bool(projects.strip()) == bool(keys.strip()):
            raise BadArgument(
                "Say either which projects or which issues to read: projects=KAFKA or keys=KAFKA-1,KAFKA-2"
            )
        if browser not in MODES:
            raise BadArgument(f"browser={browser} is none of {', '.join(MODES)}.")
        self.projects = project_keys(projects) if projects.strip() else ()
        self.keys = arguments.issue_keys(keys) if keys.strip() else ()
        self.browser = browser

    def assemble(self, session: Session, settings: BaseSettings) -> CrawlEngine:
        gap, retries = settings.getint("MISSING_KEYS"), settings.getint("RETRY_TIMES")
        return html_engine(session, HtmlScope(self.projects, self.keys, self.browser, gap, retries))

    async def start(self) -> AsyncIterator[Request]:
        if self.browser == "always":
            try:
                await executable(self.settings["BROWSER_PATH"])  # before anything is asked
            except Refused as error:
                raise self.recording.refuse(str(error)) from None
        async for request in super().start():
            yield request

    def way(self, task: Task) -> dict[str, Any]:
        if isinstance(task, FetchHtmlIssue) and task.browser:
            return {BROWSER: [COMMENTS, self.settings.getfloat("BROWSER_SECONDS")]}
        return {}
