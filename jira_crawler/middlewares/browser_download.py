"""The last step before the wire for a spider that may need a browser: the same handler, and Chromium behind it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapy import Request

from jira_crawler.exceptions import Astray
from jira_crawler.middlewares.browser import BROWSER, executable
from jira_crawler.middlewares.browser_sealed import Sealed
from jira_crawler.middlewares.pace import PERMIT
from jira_crawler.middlewares.throttled_download import ThrottledDownloadHandler
from jira_crawler.middlewares.unpacking import unpacked
from jira_crawler.recording import session_of
from jira_crawler.sites import within

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

HOPS = 5  # redirects within the site, one after the other
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class BrowserDownloadHandler(ThrottledDownloadHandler):
    """Asks for every page itself, also for those that a browser is to show; it is started for the first of them.

    So there is one way out, for a browser, too: its pages and their scripts are asked for here, at the pace of the
    site, out of its budget, and with credentials that never leave it.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.site = session_of(crawler).site
        self._browser: Sealed | None = None
        self._starting = asyncio.Lock()
        self._at_once = asyncio.Semaphore(crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") or 1)

    async def download_request(self, request: Request) -> Response:
        if BROWSER not in request.meta:
            return await super().download_request(request)
        page = await self.follow(request)
        if page.status != 200 or not page.body or b"html" not in (page.headers.get("Content-Type") or b"html").lower():
            return page
        selector, seconds = request.meta[BROWSER]
        browser = await self._started()  # as late as this: one that is worn ends behind its last page
        return await browser.show(page, selector, seconds)

    async def close(self) -> None:
        if self._browser:
            await self._browser.end()
        await super().close()

    async def follow(self, request: Request) -> Response:
        """Asks for an address and wherever within the site it leads; raises Astray where it leads away."""
        hop = request
        for _ in range(HOPS):
            response = unpacked(await super().download_request(hop), self.largest)
            if response.status not in REDIRECTS or "Location" not in response.headers:
                request.meta.update({name: hop.meta[name] for name in (PERMIT, "download_latency") if name in hop.meta})
                return response
            there = urljoin(response.url, (response.headers["Location"] or b"").decode("latin-1"))
            if not within(there, self.site.url):
                raise Astray(f"it leads to {there.partition('?')[0][:200]}, which is not of {self.site.url}")
            hop = Request(there, headers=request.headers)
        raise Astray(f"it leads from one address to the next, {HOPS} times")

    async def fetch(self, asked: Request) -> Response:
        """Asks for what a script wants; a refusal teaches the pace as any other does."""
        async with self._at_once:
            response = await self.follow(asked)
            if self.pace:
                self.pace.process_response(asked, response)
            return response

    async def _started(self) -> Sealed:
        async with self._starting:
            if self._browser is None or self._browser.is_worn:
                path = await executable(self.crawler.settings["BROWSER_PATH"])
                self._browser = Sealed(self.crawler, path, self.fetch)
                await self._browser.start()
        return self._browser
