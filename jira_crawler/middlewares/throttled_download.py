"""The last step before the wire, where every request of a crawl passes once each time it is really sent."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError

from jira_crawler.crawl.attached_tasks import FetchAttachment
from jira_crawler.exceptions import TooLarge
from jira_crawler.middlewares.attachment_download import AttachmentDownload
from jira_crawler.middlewares.credentials import Credentials
from jira_crawler.middlewares.held import hold
from jira_crawler.middlewares.pace import Pace
from jira_crawler.middlewares.unpack import megabytes
from jira_crawler.recording import session_of
from jira_crawler.scheduling import task_of
from jira_crawler.sites import GITHUB

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class ThrottledDownloadHandler(HTTP11DownloadHandler):
    """Holds a request to the site, waits out a pause, counts it against the budget and lends it credentials.

    Here and not in a middleware, because a request that waits in Scrapy's download slot has passed the middlewares
    already: it would leave in the middle of a pause. And here the credentials go onto a copy that lives as long as
    the exchange does, never onto the request that a queue writes to disk.
    """

    lazy = True  # it looks for middlewares, which Scrapy makes after the handlers that are not lazy

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.crawler = crawler
        self.pace = crawler.get_downloader_middleware(Pace)
        self.credentials = crawler.get_downloader_middleware(Credentials)
        self.largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self.attachments = AttachmentDownload(self)
        # GitHub wants one question after the other; Scrapy lets out all that wait at once, however few it may.
        is_github = session_of(crawler).site.dialect == GITHUB
        self.turn: AbstractAsyncContextManager[object] = asyncio.Lock() if is_github else nullcontext()

    async def prepared(self, request: Request) -> Request:
        """Waits until a question may leave, and gives what is sent of it."""
        hold(request, session_of(self.crawler))
        if self.pace:
            await self.pace.admit(request)
        return self.credentials.lend(request) if self.credentials else request

    async def download_request(self, request: Request) -> Response:
        if isinstance(task := task_of(request), FetchAttachment):
            return await self.attachments.download(request, task)
        async with self.turn:
            sent = await self.prepared(request)
            try:
                response = await super().download_request(sent)
            except DownloadCancelledError as error:  # by Scrapy, as soon as the limit is passed
                limit = request.meta.get("download_maxsize", self.largest)
                raise TooLarge(f"its answer is larger than {megabytes(limit)} (DOWNLOAD_MAXSIZE)") from error
            if self.pace:
                self.pace.glance(response)
        if sent is not request:
            request.meta.update({name: sent.meta[name] for name in ("download_latency",) if name in sent.meta})
        return response
