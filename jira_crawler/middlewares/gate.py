"""The last step before the wire, where every request of a crawl passes once each time it is really sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from jira_crawler.middlewares.credentials import Credentials
from jira_crawler.middlewares.pace import Pace

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class Gate(HTTP11DownloadHandler):
    """Waits out a pause, counts the request against the budget and lends it the site's credentials.

    Here and not in a middleware, because a request that waits in Scrapy's download slot has passed the middlewares
    already: it would leave in the middle of a pause. And here the credentials go onto a copy that lives as long as
    the exchange does, never onto the request that a queue writes to disk.
    """

    lazy = True  # it looks for middlewares, which Scrapy makes after the handlers that are not lazy

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.pace = crawler.get_downloader_middleware(Pace)
        self.credentials = crawler.get_downloader_middleware(Credentials)

    async def download_request(self, request: Request) -> Response:
        if self.pace:
            await self.pace.admit(request)
        sent = self.credentials.lend(request) if self.credentials else request
        response = await self.fetch(sent)
        if sent is not request:
            request.meta.update({name: sent.meta[name] for name in ("download_latency",) if name in sent.meta})
        return response

    async def fetch(self, request: Request) -> Response:
        return await super().download_request(request)
