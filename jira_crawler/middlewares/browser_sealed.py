"""A Chromium that has no way out: what its pages ask for is asked for by us, or not at all."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from playwright.async_api import Browser, BrowserContext, Page, Playwright, WebSocketRoute, async_playwright
from playwright.async_api import Error as PlaywrightError
from scrapy.exceptions import DownloadFailedError
from scrapy.http import HtmlResponse, Response

from jira_crawler.middlewares.browser_visit import Fetch, Visit, read

if TYPE_CHECKING:
    from scrapy.statscollectors import StatsCollector

WORN = 200  # pages of one browser: Playwright's driver grows with each, whatever is closed
LOCAL = 60.0  # seconds for what happens on this machine only
# The proxy has no address, no name has one, and this very machine is no exception: nothing connects, not even by UDP.
SEAL = (
    "--proxy-server=http://nowhere.invalid:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
)
NO_WINDOWS = "window.open = () => null;"


class Sealed:
    """Shows pages in contexts of their own that are closed again. `fetch` asks the site at `base`, and nobody else.

    `largest` is how many characters a page may have in the end.
    """

    def __init__(self, path: str, fetch: Fetch, base: str, largest: int, stats: StatsCollector):
        self._path, self._fetch, self._base, self._largest, self._stats = path, fetch, base, largest, stats
        self._begun = self._open = 0
        self._scripts: dict[str, Response] = {}
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def start(self) -> None:
        self._playwright = await async_playwright().start()
        args = [*SEAL, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        self._browser = await self._playwright.chromium.launch(executable_path=self._path, args=args)

    @property
    def is_worn(self) -> bool:
        """Whether another one is to show the next page; this one ends behind its last."""
        return self._begun >= WORN or not (self._browser and self._browser.is_connected())

    async def show(self, page: Response, selector: str, seconds: float) -> Response:
        """Lets the scripts of a page run until something shows up, and gives the page as it is then."""
        self._begun += 1
        self._open += 1
        self._count()
        context = None
        try:
            context = await asyncio.wait_for(self._context(), LOCAL)
            text = await self._seen(context, page, selector, seconds)
        except (PlaywrightError, TimeoutError) as error:
            said = str(error).split("\n", 1)[0][:200] or type(error).__name__
            raise DownloadFailedError(f"the browser did not show it: {said}") from error
        finally:
            await self._left(context)
        headers = page.headers.copy()
        headers["Content-Type"] = "text/html; charset=utf-8"
        return HtmlResponse(page.url, status=page.status, headers=headers, body=text, encoding="utf-8")

    async def end(self) -> None:
        """Closes the browser and the driver that led it."""
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        with suppress(PlaywrightError, TimeoutError):
            if browser:
                await asyncio.wait_for(browser.close(), LOCAL)
        if playwright:
            await playwright.stop()

    async def _context(self) -> BrowserContext:
        if self._browser is None:
            raise DownloadFailedError("the browser has ended")
        context = await self._browser.new_context(service_workers="block", accept_downloads=False)
        await context.add_init_script(NO_WINDOWS)
        await context.route_web_socket("**/*", _hang_up)
        return context

    async def _seen(self, context: BrowserContext, page: Response, selector: str, seconds: float) -> str:
        visit = Visit(page, self._fetch, self._base, self._scripts)
        await context.route("**/*", visit.answer)
        tab = await asyncio.wait_for(context.new_page(), LOCAL)
        context.on("page", _shut)  # any other is a window that the page has opened
        await tab.goto(page.url, wait_until="commit", timeout=1000 * LOCAL)
        await visit.patiently(tab, selector, seconds)
        return await asyncio.wait_for(read(context, tab, self._largest), LOCAL)

    async def _left(self, context: BrowserContext | None) -> None:
        """Closes a page with all that it left behind; a browser that cannot even do that is ended."""
        self._open -= 1
        stuck = False
        try:
            if context:
                await asyncio.wait_for(context.close(), LOCAL)
                self._stats.inc_value("playwright/page_count/closed")
        except (PlaywrightError, TimeoutError):
            stuck = True
        if stuck or (self.is_worn and not self._open):
            await self.end()

    def _count(self) -> None:
        for name in ("playwright/page_count", "playwright/context_count"):
            self._stats.inc_value(name)
            self._stats.max_value(f"{name}/max_concurrent", self._open)


async def _shut(window: Page) -> None:
    with suppress(PlaywrightError):
        await window.close()


async def _hang_up(socket: WebSocketRoute) -> None:
    with suppress(PlaywrightError):
        await socket.close()
