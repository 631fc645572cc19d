"""The last step before the wire for a spider that may need a browser: the same gate, and Chromium behind it."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.async_api import Page
from playwright.async_api import Request as Asked
from playwright.async_api import TimeoutError as TooLate
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from jira_crawler.middlewares.browser import BROWSER, executable
from jira_crawler.middlewares.gate import Gate
from jira_crawler.spiders.asking import Asking

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

PAGES = 50  # of one context: what a site leaves in it goes with it
WORN = 200  # pages of one browser: Playwright's driver grows with each, whatever is closed
UNSEEN = frozenset({"image", "media", "font", "stylesheet"})


class BrowserGate(Gate):
    """Lets requests through that a browser is to make; it is started for the first of them."""

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self._crawler = crawler
        self._browser: Browser | None = None
        self._starting = asyncio.Lock()

    async def fetch(self, request: Request) -> Response:
        if BROWSER not in request.meta:
            return await super().fetch(request)
        browser = await self._started()
        return await browser.open(request)

    async def close(self) -> None:
        if self._browser and not self._browser.is_closed:
            await self._browser.end()
        await super().close()

    async def _started(self) -> Browser:
        async with self._starting:
            if self._browser is None or self._browser.is_worn:
                path = await executable(self._crawler.settings["BROWSER_PATH"])
                self._browser = Browser(self._crawler, path)
                await self._browser.start()
        return self._browser


class Browser(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # scrapy-playwright has no types
    """Opens pages in contexts that are closed again, and asks nobody but the site, for nothing that only pleases."""

    def __init__(self, crawler: Crawler, path: str):
        super().__init__(crawler)
        self.config.launch_options = {"executable_path": path, "args": ["--no-sandbox"] if os.geteuid() == 0 else []}
        self.host = urlsplit(Asking.of(crawler).site.url).netloc
        self.abort_request = self._is_needless
        self._opened = self._under_way = 0
        self._done: Counter[str] = Counter()
        self.is_closed = False

    async def start(self) -> None:
        await self._launch()

    @property
    def is_worn(self) -> bool:
        """Whether another one is to open the next page; this one ends behind its last."""
        return self._opened >= WORN

    async def open(self, request: Request) -> Response:
        """Opens an address, waits for what was asked to show up there, and gives the page as it is then."""
        selector, seconds = request.meta[BROWSER]
        name = f"pages-{self._opened // PAGES}"
        self._opened += 1
        self._under_way += 1
        showing = PageMethod(_shown, selector, 1000 * seconds)
        meta: dict[str, Any] = {"playwright": True, "playwright_context": name, "playwright_page_methods": [showing]}
        try:
            sent = request.replace(meta=request.meta | meta)
            response: Response = await self.download_request(sent)
            request.meta["download_latency"] = sent.meta.get("download_latency", 0.0)
            return response.replace(request=request)
        finally:
            self._under_way -= 1
            await self._leave(name)
            if self.is_worn and not self._under_way:
                await self.end()

    async def end(self) -> None:
        """Closes the browser and the driver that led it."""
        self.is_closed = True
        await self.close()

    async def _leave(self, name: str) -> None:
        """Closes a context behind its last page."""
        self._done[name] += 1
        if self._done[name] == PAGES and (wrapper := self.context_wrappers.get(name)):
            del self._done[name]
            await wrapper.context.close()

    def _is_needless(self, asked: Asked) -> bool:
        return asked.resource_type in UNSEEN or urlsplit(asked.url).netloc not in ("", self.host)


async def _shown(page: Page, selector: str, ms: float) -> None:
    """Waits until something shows up; what never does is for the reader of the page to miss."""
    try:
        await page.wait_for_selector(selector, state="attached", timeout=ms)
    except TooLate:
        return
