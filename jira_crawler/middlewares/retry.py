"""Asks again, after a while, where an answer is not what a REST call should give."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import RetryMiddleware, get_retry_request

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.answers import trouble

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class Retry(RetryMiddleware):
    """Scrapy's retries with back-off and jitter, and an eye on the body: a login page with status 200 is no answer.

    What stays bad is raised as Unreadable, so that a callback only ever sees JSON or a 4xx.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler.settings)
        self.crawler = crawler
        self.first = crawler.settings.getfloat("RETRY_BACKOFF")
        self.longest = crawler.settings.getfloat("RETRY_BACKOFF_MAX")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Retry:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        media_type, location = (
            (response.headers.get(name) or b"").decode("latin-1") for name in ("Content-Type", "Location")
        )
        wrong = trouble(response.status, media_type, response.body, location)
        if not wrong:
            return response
        if again := await self.again(request, wrong):
            return again
        raise Unreadable(wrong)

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if isinstance(exception, self.exceptions_to_retry):
            return await self.again(request, type(exception).__name__)
        return None

    async def again(self, request: Request, reason: str) -> Request | None:
        """Makes the repetition of a request once its back-off is over; None when it has been repeated often enough."""
        again = get_retry_request(
            request,
            spider=self.crawler.spider,
            reason=reason.split("(")[0].strip(),
            max_retry_times=self.limit(request),
        )
        if again:
            wait = min(self.first * 2 ** (again.meta["retry_times"] - 1), self.longest)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
        return again

    def limit(self, request: Request) -> int:
        return int(request.meta.get("max_retry_times", self.max_retry_times))
