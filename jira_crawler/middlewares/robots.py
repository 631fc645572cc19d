"""robots.txt, as its owner means it: what not to read, and how long to wait between two requests."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware

from jira_crawler.exceptions import SiteRefused
from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.middlewares.pace import Pace
from jira_crawler.recording import session_of
from jira_crawler.scheduling import ACCOUNT

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)
LARGEST = 2**20  # bytes of a robots.txt


class Robots(RobotsTxtMiddleware):
    """Scrapy's own, which also keeps a Crawl-delay, and asks nothing where the file is there but cannot be had.

    One that is not there, or leads elsewhere, asks for nothing (RFC 9309); elsewhere is never asked.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self._unread = ""
        crawler.signals.connect(self.parsed, signal=signals.robots_parsed)

    async def process_request(self, request: Request, spider: Any = None) -> None:
        if request.meta.get(ACCOUNT):  # a program's address, of which no page is
            return
        own = request.meta.get("dont_obey_robotstxt")
        if own:
            request.meta["download_maxsize"] = LARGEST
        await super().process_request(request)
        if self._unread and not own:
            raise SiteRefused(self._unread)

    def process_response(self, request: Request, response: Response) -> Response:
        if request.meta.get("dont_obey_robotstxt") and isinstance(response, FailureResponse):
            why = f"{request.url} says what robots may read, and cannot be read: {response.reason}."
            self._unread = response.reason if response.last_word else why
        return response

    def parsed(self, robotparser: RobotParser) -> None:
        """Lets the site's pace follow from the file before the first page is asked for."""
        pace = self.crawler.get_downloader_middleware(Pace)
        delay = robotparser.crawl_delay(self._robotstxt_useragent or self._default_useragent) or 0.0
        if not pace or not 0 < delay < math.inf:
            return
        name, kept = session_of(self.crawler).site.name, min(delay, pace.longest)
        bound = f"; {kept:.6g} are kept, which is MAX_PAUSE" if kept < delay else ""
        logger.info("The robots.txt of %s asks for %s seconds between two requests%s", name, f"{delay:.6g}", bound)
        pace.permits.slow_down(kept)
