"""Reads the pages that a Jira shows to people, for where it does not answer programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

from jira_crawler.exceptions import BadArgument, Refused, Unreadable
from jira_crawler.frontier import LEASE, MARK
from jira_crawler.items import RawIssue
from jira_crawler.middlewares.browser import BROWSER, executable
from jira_crawler.sentences import quoted
from jira_crawler.spiders import arguments
from jira_crawler.spiders.answers import NoAnswer
from jira_crawler.spiders.finding import HOPS, Finding, Output
from jira_crawler.trackers import PAGE
from jira_crawler.trackers.contract import Ask
from jira_crawler.trackers.jira_html.page import JiraPage, Shown
from jira_crawler.trackers.jira_html.refusal import Moved

MODES = ("auto", "always", "never")
FIRST = 10  # a page that is begun is read to its end
# A comment, or the sentence that there are none, in any language; `Loading...` is neither. CSS eats backslashes.
COMMENTS = (
    "#issue_actions_container .activity-comment, "
    "#issue_actions_container .message-container:not(:text-matches('([.]{3}|…) *$'))"
)
PASSING = ("half", "a maintenance", "an empty")
HIDDEN = "hidden from this visitor"


class JiraPages(Finding):
    """`-a projects=KAFKA | -a keys=KAFKA-1,KAFKA-2 [-a site=NAME|URL] [-a browser=auto|always|never]`

    which keys: from the search, else one after the other → a page → its panels → a browser, where nothing else helps.
    """

    name = "jira_pages"
    # Pages are meant for people: here robots.txt is asked.
    custom_settings: dict[Any, Any] = {  # noqa: RUF012 - Scrapy's own declaration
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": "jira_crawler",
        "DOWNLOAD_MAXSIZE": 16 * 1024 * 1024,
        "DOWNLOAD_HANDLERS": {
            "http": "jira_crawler.middlewares.browser_gate.BrowserGate",
            "https": "jira_crawler.middlewares.browser_gate.BrowserGate",
        },
        # One process: its pace and budget are those of a fleet, its questions are its own.
        "SCHEDULER": "jira_crawler.frontier.scheduler.Frontier",
        "SCHEDULER_QUEUE_CLASS": "jira_crawler.frontier.queue.Queue",
    }

    def __init__(self, projects: str = "", keys: str = "", browser: str = "auto", **kwargs: Any):
        super().__init__(**kwargs)
        if bool(projects.strip()) == bool(keys.strip()):
            raise BadArgument(
                "Say either which projects or which issues to read: projects=KAFKA or keys=KAFKA-1,KAFKA-2"
            )
        if browser not in MODES:
            raise BadArgument(f"browser={browser} is none of {', '.join(MODES)}.")
        self.projects = arguments.project_keys(projects) if projects.strip() else ()
        self.keys = arguments.issue_keys(keys) if keys.strip() else ()
        self.browser = browser
        self.reader = JiraPage(self.site.url)
        self.tried, self.named = {}, Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.gap = crawler.settings.getint("MISSING_KEYS")
        crawler.signals.connect(spider.nothing_found, signal=signals.spider_idle)
        crawler.signals.connect(spider.account_for_keys, signal=signals.spider_idle)
        spider.patience = crawler.settings.getfloat("BROWSER_SECONDS")
        return spider

    patience: float
    unread: dict[str, str]  # what earlier runs could not read: the ids of these rejects, by key

    async def start(self) -> AsyncIterator[Request]:
        if self.browser == "always":
            try:
                await executable(self.settings["BROWSER_PATH"])  # before anything is asked
            except Refused as error:
                raise self.refuse(str(error)) from None
        self.tried = self.state.setdefault("tried", self.tried)
        self.unread = self.dataset.store.unreadable(self.site.name)
        for key in self.keys:
            yield self.look(key)
        if self.projects:
            yield self.find()

    # --- one page

    def look(self, key: str, *, tried: bool = False, browser: bool = False, hops: int = 0) -> Request:
        """Asks for an issue's page; `tried`: there may be none; `hops` counts the keys that have led here."""
        question, meta = self.reader.ask(key), {}
        if browser := browser or self.browser == "always":
            # With the comments in front, and the older ones unfolded: a browser is not asked twice.
            question, meta = (
                replace(self.reader.panel(key, "comment"), headers=()),
                {BROWSER: [COMMENTS, self.patience]},
            )
        return self.page_of(question, self.page, meta, key=key, tried=tried, browser=browser, hops=hops)

    def page_of(self, question: Ask, callback: Any, meta: dict[str, Any], **kept: Any) -> Request:
        request = self.ask(question, callback, meta, **kept)
        request.headers["Accept"] = "text/html"
        return request

    def page(self, response: Response, key: str, tried: bool, browser: bool, hops: int = 0) -> Output:
        """Reads a page, and asks for what it does not show by itself."""
        try:
            if why := self.missing(response):
                raise Unreadable(why)
            if response.status == 404 and tried:
                return
            if response.status == 410 and tried:
                yield from self.behind(key, tried, read=False)
                return
            if elsewhere := self.reader_of_redirect(response):
                raise Moved(key, elsewhere)
            if response.status != 200:
                raise Unreadable(
                    HIDDEN if response.status in (301, 302, 303, 401, 403) else f"status {response.status}"
                )
            shown = self.reader.read(response.body, key)
        except Moved as moved:
            yield from self.behind(key, tried, read=False)
            yield from self.moved(response, key, moved.key, hops)
        except Unreadable as error:
            if not isinstance(response, NoAnswer):
                yield from self.behind(key, tried, read=False)
            yield from self.unreadable(response, key, str(error))
        else:
            yield from self.behind(key, tried, read=True)
            self.state["listed"] = self.state.get("listed", 0) + 1
            yield from self.whole(response, shown, browser)

    def reader_of_redirect(self, response: Response) -> str:
        """Gives the key that a page is redirected to, "" if it is not."""
        location = (response.headers.get("Location") or b"").decode("latin-1")
        path = urlsplit(location).path
        return path.rpartition("/browse/")[2] if response.status in (301, 302, 303, 307) and "/browse/" in path else ""

    def behind(self, key: str, tried: bool, *, read: bool) -> Output:
        """Goes on with the keys behind one that has an issue, where nobody lists them."""
        project, _, number = key.rpartition("-")
        if tried:
            yield from self.is_there(project, int(number), read=read)

    def moved(self, response: Response, key: str, to: str, hops: int) -> Output:
        """Reads an issue under its new key, if that belongs to what was asked for."""
        if hops >= HOPS or self.leads_on(key, to.upper()):
            yield from self.unreadable(response, key, f"it leads to {to[:40]}, and that leads on and on")
        elif to.rpartition("-")[0] in (*self.projects, *(each.rpartition("-")[0] for each in self.keys)):
            yield self.look(to.upper(), hops=hops + 1)
        else:
            self.logger.info("%s moved to %s, which was not asked for", key, quoted(to))
            self.leaves(key.rpartition("-")[0])

    def unreadable(self, response: Response, key: str, why: str) -> Output:
        """Tries a page again that broke off or was being mended; what stays bad is a reject, never half an issue."""
        if again := self.again(response, why):
            yield again
            return
        if why == HIDDEN:
            self.logger.info("%s is %s", key, HIDDEN)
        else:
            self.give_up(response, f"The page of {key} cannot be read: {why}.")
        yield self.raw(key, "", msgspec.json.encode({"key": key}), failed=why)

    def again(self, response: Response, why: str) -> Request | None:
        """Makes the repetition of a request whose answer was bad in a way that may pass."""
        if response.request is None or response.status != 200 or not why.startswith(PASSING):
            return None
        again = get_retry_request(response.request, spider=self, reason=why.split(" (")[0].split(":")[0])
        if again:
            again.meta.pop(LEASE, None)  # the one before is settled when this callback ends
        return again

    # --- what a page does not show by itself

    def whole(self, response: Response, shown: Shown, browser: bool) -> Output:
        """Gives an issue on if nothing is left to ask, and else asks for it."""
        if shown.wants:
            which = shown.wants[0]
            kept = {"shown": msgspec.to_builtins(shown), "which": which, "browser": browser}
            # The same panel is asked for again where a browser has opened the page.
            meta = {MARK: f"panel {browser} {blake2b(shown.payload, digest_size=8).hexdigest()}"}
            yield self.page_of(self.reader.panel(shown.key, which), self.panel, meta, **kept).replace(priority=FIRST)
            return
        if shown.needs_browser and not browser and self.browser == "auto":
            self.logger.info("%s is opened in a browser: its comments do not come otherwise", shown.key)
            yield self.look(shown.key, browser=True).replace(priority=FIRST)
            return
        if shown.needs_browser and self.browser == "never":
            self.give_up(response, f"Not all comments of {shown.key} came: they need a browser (browser=auto).")
        elif shown.cut:
            self.give_up(response, f"The page of {shown.key} does not show all of its {', '.join(shown.cut)}.")
        yield self.came(shown)

    def came(self, shown: Shown) -> RawIssue:
        """Gives on what a page shows; that it could not be read another time is no longer true."""
        if stale := self.unread.pop(shown.key, ""):
            self.dataset.store.forget(self.site.name, stale)
        return self.raw(shown.key, shown.id, shown.payload, cut=shown.cut)

    def panel(self, response: Response, shown: dict[str, Any], which: str, browser: bool) -> Output:
        """Adds a panel to its page; one that does not come leaves its list cut."""
        before = msgspec.convert(shown, Shown)
        try:
            if why := self.missing(response):
                raise Unreadable(why)
            if response.status != 200:
                raise Unreadable(f"status {response.status}")
            after = self.reader.join(before, which, response.body)
        except Unreadable as error:
            if again := self.again(response, str(error)):
                yield again
                return
            self.give_up(response, f"The {which} of {before.key} did not come: {error}.")
            yield self.came(before)
            return
        yield from self.whole(response, after, browser)

    def raw(self, key: str, id_: str, payload: bytes, *, cut: Iterable[str] = (), failed: str = "") -> RawIssue:
        return RawIssue(
            site=self.site.name,
            base_url=self.site.url,
            dialect=PAGE,
            project=key.rpartition("-")[0],
            id=id_,
            key=key,
            payload=payload,
            fetched_at=datetime.now(UTC),
            cut=tuple(cut),
            failed=failed,
        )
