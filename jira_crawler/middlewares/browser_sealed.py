"""A Chromium that has no way out: what its pages ask for is asked for by us, or not at all."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route, WebSocketRoute
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy_playwright.handler import Config, ScrapyPlaywrightDownloadHandler
from scrapy_playwright.provider import PlaywrightBrowserProvider

from jira_crawler.middlewares.browser import BROWSER
from jira_crawler.middlewares.browser_visit import Fetch, Visit, read
from jira_crawler.recording import session_of

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
CLOSED_IN = {"service_workers": "block", "accept_downloads": False}  # each context
NO_WINDOWS = "window.open = () => null;"
ASIDE = {"playwright": True, "playwright_context_kwargs": CLOSED_IN}


class Sealed(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # scrapy-playwright has no types
    """Shows pages in contexts of their own that are closed again. `fetch` asks the site, and nobody else.

    Overridden is what would let a page's requests go on into the network, and what would take a page at any size.
    """

    def __init__(self, crawler: Crawler, path: str, fetch: Fetch):
        super().__init__(crawler)
        self._fetch, self._base = fetch, session_of(crawler).site.url
        self._largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")  # of characters in the end, too
        self._begun = self._open = 0
        self._visits: dict[str, Visit] = {}
        self._scripts: dict[str, Response] = {}
        # None of PLAYWRIGHT_… on a command line counts: another browser, or one elsewhere, would not be sealed.
        self.config, self.browser_provider_cls = _sealed(path), PlaywrightBrowserProvider
        if crawler.settings["LOG_LEVEL"] != "DEBUG":  # it gives tracebacks for what is raised, and told, anyway
            logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)

    async def start(self) -> None:
        """Starts the driver; the browser comes with the first page."""
        await self._launch()

    @property
    def is_worn(self) -> bool:
        """Whether another one is to show the next page; this one ends behind its last."""
        return self._begun >= WORN or (hasattr(self, "browser") and not self.browser.is_connected())

    async def show(self, page: Response, selector: str, seconds: float) -> Response:
        """Lets the scripts of a page run until something shows up, and gives the page as it is then."""
        self._begun += 1
        self._open += 1
        name = str(self._begun)
        self._visits[name] = Visit(page, self._fetch, self._base, self._scripts)
        meta = ASIDE | {"playwright_context": name, BROWSER: (selector, seconds)}
        try:
            shown: Response = await self.download_request(Request(page.url, meta=meta))
            return shown
        except (PlaywrightError, TimeoutError) as error:
            said = str(error).split("\n", 1)[0][:200] or type(error).__name__
            raise DownloadFailedError(f"the browser did not show it: {said}") from error
        finally:
            await self._left(name)

    async def end(self) -> None:
        """Closes the browser and the driver that led it."""
        try:
            await asyncio.wait_for(self.close(), LOCAL)
        except (PlaywrightError, TimeoutError):
            await self.browser_provider.close()

    async def _create_browser_context(self, *args: Any, **named: Any) -> Any:
        wrapper = await super()._create_browser_context(*args, **named)
        await wrapper.context.add_init_script(NO_WINDOWS)
        await wrapper.context.route_web_socket("**/*", _shut)
        await wrapper.context.route("**/*", _refuse)  # what is not of the page, which has a route of its own
        return wrapper

    async def _create_page(self, *args: Any, **named: Any) -> Page:
        page: Page = await asyncio.wait_for(super()._create_page(*args, **named), LOCAL)
        page.context.on("page", _shut)  # any other is a window that the page has opened
        return page

    def _make_request_handler(self, context_name: str, **_: Any) -> Callable[[Route], Awaitable[None]]:
        return self._visits[context_name].answer

    async def _download_request_with_page(self, request: Request, page: Page, spider: Any) -> Response:
        visit = self._visits[request.meta["playwright_context"]]
        await page.goto(request.url, wait_until="commit", timeout=1000 * LOCAL)
        await visit.patiently(page, *request.meta[BROWSER])
        text = await asyncio.wait_for(read(page, self._largest), LOCAL)
        await page.close()
        self.stats.inc_value("playwright/page_count/closed")
        return visit.ended(text)

    async def _left(self, name: str) -> None:
        """Closes a page with all that it left behind; a browser that cannot even do that is ended."""
        self._open -= 1
        del self._visits[name]
        stuck = False
        try:
            if wrapper := self.context_wrappers.get(name):
                await asyncio.wait_for(wrapper.context.close(), LOCAL)
        except (PlaywrightError, TimeoutError):
            stuck = True
        if stuck or (self.is_worn and not self._open):
            await self.end()


def _sealed(path: str) -> Config:
    args = [*SEAL, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    launch = {"executable_path": path, "args": args}
    ours = {"PLAYWRIGHT_LAUNCH_OPTIONS": launch, "PLAYWRIGHT_RESTART_DISCONNECTED_BROWSER": False}
    config = Config.from_settings(Settings(ours))
    config.target_closed_max_retries = 0  # in a context that was left; what fails is asked for again as a whole
    return config


async def _shut(opened: Page | WebSocketRoute) -> None:
    with suppress(PlaywrightError):
        await opened.close()


async def _refuse(route: Route) -> None:
    with suppress(PlaywrightError):
        await route.abort("aborted")
