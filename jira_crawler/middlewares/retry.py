"""Asks again, after a while, where an answer is not what a REST call should give."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.utils.misc import load_object

from jira_crawler.crawl.listing import ENOUGH
from jira_crawler.exceptions import Refused
from jira_crawler.middlewares.answers import FailureResponse, UndecodableResponse, describe
from jira_crawler.scheduling import task_of
from jira_crawler.trackers.answers import PASSING, trouble

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


JSON = b"application/json"
WRONG = "went_wrong"  # how a question failed the last time, and how many answers had come when it first did


class Retry:
    """Retries with back-off and jitter, and with an eye on the body: a login page with status 200 is no answer.

    What stays bad becomes a FailureResponse, so that a callback sees JSON, a 4xx, or why there is neither. The settings
    are Scrapy's own, RETRY_TIMES and RETRY_EXCEPTIONS, with RETRY_BACKOFF and RETRY_BACKOFF_MAX in seconds.

    Patience is for a site that is down for a moment. A question that can be asked in smaller parts and fails twice in
    the same way, while nothing else does, is not asked again; nor is any once so many different ones got no answer that
    the site seems to be gone.
    """

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        self.first = crawler.settings.getfloat("RETRY_BACKOFF")
        self.longest = crawler.settings.getfloat("RETRY_BACKOFF_MAX")
        self.passing = tuple(map(load_object, crawler.settings.getlist("RETRY_EXCEPTIONS")))
        self.came = 0  # answers
        self.silent: set[tuple[str, bytes]] = set()  # questions that got none since the last answer

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Retry:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if isinstance(response, FailureResponse):
            return response
        if isinstance(response, UndecodableResponse) and not response.is_transient:
            return FailureResponse(request.url, response.flaw, reached=True)
        media_type, location = (
            (response.headers.get(name) or b"").decode("latin-1") for name in ("Content-Type", "Location")
        )
        if isinstance(response, UndecodableResponse):
            wrong = response.flaw
        elif request.headers.get("Accept") == JSON:
            wrong = trouble(response.status, media_type, response.body, location)
        else:  # a page, which says by itself what it is
            wrong = f"status {response.status}" if response.status in PASSING else ""
        if not wrong:
            self.came += 1
            self.silent.clear()
            return response
        return await self.back_off(request, wrong) or FailureResponse(request.url, wrong, reached=True)

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response:
        if isinstance(exception, IgnoreRequest):
            of_robots = "robots.txt" in str(exception)
            return FailureResponse(
                request.url, "its robots.txt does not want that" if of_robots else describe(exception)
            )
        if isinstance(exception, Refused):
            return FailureResponse(request.url, str(exception), last_word=True)
        if isinstance(exception, DownloadTimeoutError):  # each of these costs minutes: once more, then smaller
            task = task_of(request)
            most = 0 if task and task.once else 1
            request.meta["max_retry_times"] = min(request.meta.get("max_retry_times", most), most)
        again = await self.back_off(request, type(exception).__name__) if isinstance(exception, self.passing) else None
        return again or FailureResponse(request.url, describe(exception))

    async def back_off(self, request: Request, reason: str) -> Request | None:
        """Makes the repetition of a request once its back-off is over; None when it has been repeated often enough."""
        if self._is_enough(request, reason):
            return None
        spider = self.crawler.spider
        assert spider  # noqa: S101 - it asked
        again = get_retry_request(request, spider=spider, reason=reason.split("(")[0].strip())
        if again:
            wait = min(self.first * 2 ** (again.meta["retry_times"] - 1), self.longest)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
        return again

    def _is_enough(self, request: Request, reason: str) -> bool:
        """Notes that a question failed; tells whether asking it again as it is would be of no use."""
        this = request.url, request.body
        self.silent.add(this)
        last, came = request.meta.get(WRONG, ("", self.came))
        request.meta[WRONG] = [reason, came]
        if len(self.silent) >= ENOUGH:
            return True
        by_itself = self.came > came or self.silent == {this}
        task = task_of(request)
        return task is not None and task.divisible and last == reason and by_itself
