"""One page in a browser: what it asks for while it is shown, what it gets, and what it is in the end."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route
from playwright.async_api import Request as Asked
from playwright.async_api import TimeoutError as TooLate
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from jira_crawler.exceptions import TooLarge
from jira_crawler.sites import within

logger = logging.getLogger(__name__)
MOST = 200  # questions of one page: a script that goes on for ever is not a page that loads
LONGEST = 900.0  # seconds that a page may wait for what it asks for, on top of its own
KEPT = 32 * 2**20  # bytes of scripts that are kept, so that a browser's pages ask for them once
ASKED = frozenset({"script", "xhr", "fetch"})  # all else only pleases, or leads away
POSTED = (
    "/rest/webResources/"  # where Jira asks for the scripts that it needs later; other posts could change something
)
TOLD = ("accept", "content-type", "x-")
GIVEN = ("content-type", "content-language", "content-security-policy", "x-")
# In a world of its own, where nothing that the page has redefined is seen.
READ = "(() => {{ const text = document.documentElement.outerHTML; return text.length > {} ? null : text; }})()"
READING = 30_000  # ms

Fetch = Callable[[Request], Awaitable[Response]]


class Visit:
    """Gives a page that is there already to the browser, and asks for what its scripts want, within the site."""

    def __init__(self, page: Response, fetch: Fetch, base: str, scripts: dict[str, Response]):
        self._page, self._fetch, self._base, self._scripts = page, fetch, base, scripts
        self._shown = False
        self._asked = self._under_way = 0
        self._waited = self._since = 0.0

    async def answer(self, route: Route) -> None:
        """Answers a question of the page, or ends it: nothing of a page reaches the network by itself."""
        try:
            given = await self._given(route.request)
            if given is None:
                await route.abort("aborted")  # with any other word a page that leaves is replaced by an error
                return
            headers = {name.decode().lower(): value[-1].decode("latin-1") for name, value in given.headers.items()}
            told = {name: value for name, value in headers.items() if name.startswith(GIVEN)}
            await route.fulfill(status=given.status, headers=told, body=given.body)
        except PlaywrightError:  # it was closed meanwhile
            return

    async def _given(self, asked: Asked) -> Response | None:
        if asked.is_navigation_request():  # the first is ours; a page that goes elsewhere stays what it is
            first, self._shown = not self._shown, True
            return self._page if first else None
        if asked.resource_type not in ASKED or not within(asked.url, self._base):
            return None
        if asked.method != "GET" and not (asked.method == "POST" and POSTED in urlsplit(asked.url).path):
            return None
        if kept := self._scripts.get(asked.url):
            return kept
        self._asked += 1
        return await self._fetched(asked) if self._asked <= MOST else None

    async def _fetched(self, asked: Asked) -> Response | None:
        headers = {name: value for name, value in asked.headers.items() if name.startswith(TOLD)}
        request = Request(asked.url, method=asked.method, headers=headers, body=asked.post_data_buffer or b"")
        self._since = self._since if self._under_way else time.monotonic()
        self._under_way += 1
        try:
            response = await self._fetch(request)
        except Exception as error:  # whatever it is: the script does without, and its page shows what it lacks
            logger.debug("%s did not come: %s", asked.url, error)
            return None
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._waited += time.monotonic() - self._since
        if asked.resource_type == "script" and asked.method == "GET" and response.status == 200:
            self._keep(asked.url, response)
        return response

    def _keep(self, url: str, script: Response) -> None:
        if sum(len(each.body) for each in self._scripts.values()) + len(script.body) <= KEPT:
            self._scripts[url] = script

    @property
    def waited(self) -> float:
        """Seconds in which something that was asked for had not come yet."""
        return self._waited + (time.monotonic() - self._since if self._under_way else 0.0)

    async def patiently(self, tab: Page, selector: str, seconds: float) -> None:
        """Waits until something shows up; what never does is for the reader of the page to miss.

        How long the site lets us wait for its scripts, or the pace does, is not the page's own time.
        """
        left, waited = seconds, 0.0
        while left > 0:
            try:
                await tab.wait_for_load_state("load", timeout=1000 * left)
                await tab.wait_for_selector(selector, state="attached", timeout=1000 * left)
            except TooLate:
                now = min(self.waited, LONGEST)
                left, waited = now - waited, now
            else:
                return

    def ended(self, text: str) -> Response:
        """Gives the page as it came, but for its text, which its scripts have changed."""
        headers = self._page.headers.copy()
        headers["Content-Type"] = "text/html; charset=utf-8"
        return HtmlResponse(self._page.url, status=self._page.status, headers=headers, body=text, encoding="utf-8")


async def read(tab: Page, largest: int) -> str:
    """Gives the page as it is now; raises TooLarge where its scripts have made too much of it."""
    session = await tab.context.new_cdp_session(tab)
    frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = (await session.send("Page.createIsolatedWorld", {"frameId": frame}))["executionContextId"]
    asked = {"expression": READ.format(largest), "contextId": world, "returnByValue": True, "timeout": READING}
    text = (await session.send("Runtime.evaluate", asked))["result"].get("value")
    if not isinstance(text, str):
        raise TooLarge("its scripts make a page of it that is too large, or never ends")
    return f"<!DOCTYPE html>{text}"
