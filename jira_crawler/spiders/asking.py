"""What every spider that asks a tracker shares: its site and pace, its questions, and how it stops."""

from __future__ import annotations

import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.defer import deferred_from_coro

from jira_crawler import sites
from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.sites import Site
from jira_crawler.spiders.answers import NoAnswer
from jira_crawler.trackers.contract import Ask

STOPPED = "stopped"


class Asking(Spider):
    """A spider with a site. `faults` are the sentences that say what is missing; a crawl without any is complete."""

    site: Site
    dataset: Dataset  # where what it finds is settled; there as soon as it is opened

    def __init__(self, site: str = "apache", **kwargs: Any):
        unknown = [name for name in kwargs if not name.startswith("_")]  # Scrapyd sends a _job
        if unknown:
            raise BadArgument(f"The spider {self.name} has no argument {unknown[0]!r}.")
        super().__init__(**kwargs)
        self.site = sites.find(site)
        self.faults: list[str] = []
        self.stopping = False
        self.counted: dict[str, int] = {}  # issues by project, as the tracker counts them
        self.state: dict[str, Any] = {}  # with JOBDIR, Scrapy brings the one of the run that is resumed

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        adopt_pace(crawler.settings, spider.site)
        if not crawler.settings["CONTACT"] and not sites.is_loopback(spider.site.url):
            spider.logger.warning("Set JIRA_CRAWLER_CONTACT, so that the site's administrator can write to you.")
        return spider

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Finds the spider of a crawl, for what surrounds it."""
        if not isinstance(crawler.spider, cls):
            raise RuntimeError(f"{crawler.spider} does not ask a tracker")
        return crawler.spider

    @property
    def run(self) -> int:
        """When this crawl began, in epoch milliseconds; a resumed crawl keeps the number."""
        return int(self.state.setdefault("run", int(time.time() * 1000)))

    def ask(self, question: Ask, callback: Any, meta: dict[str, Any] | None = None, **kept: Any) -> Request:
        """Makes the request of a question. `kept` travels with it to the callback: plain values that JSON can hold."""
        return Request(
            question.address,
            method=question.method,
            body=question.body,
            headers={"Accept": "application/json"} | ({"Content-Type": "application/json"} if question.body else {}),
            callback=callback,
            cb_kwargs=kept,
            meta=meta,
        )

    def fault(self, sentence: str) -> None:
        """Notes something that is missing; the crawl goes on."""
        if sentence not in self.faults:
            self.faults.append(sentence)
            self.logger.error(sentence)

    def stop(self, sentence: str) -> None:
        """Ends the crawl in good order, with one sentence; from anywhere but a callback, which raises `refuse`."""
        self.fault(sentence)
        if not self.stopping:
            self.stopping = True
            deferred_from_coro(self.crawler.engine.close_spider_async(reason=STOPPED))

    def refuse(self, sentence: str) -> CloseSpider:
        """Gives the exception that ends the crawl from inside a callback, with one sentence."""
        self.fault(sentence)
        return CloseSpider(STOPPED)

    def missing(self, response: Response) -> str:
        """Says why there is no answer, or "" if there is one; ends the crawl where the site has said its last word."""
        if not isinstance(response, NoAnswer):
            return ""
        if response.last_word:
            raise self.refuse(response.reason)
        return response.reason


def adopt_pace(settings: BaseSettings, site: Site) -> None:
    """Puts a site's pace and budget into the settings, where the command line still wins, and says who is asking."""
    pace: dict[str, Any] = {
        "DOWNLOAD_DELAY": site.delay,
        "CONCURRENT_REQUESTS_PER_DOMAIN": site.concurrency,
        "DAILY_BUDGET": site.daily_budget,
        "USER_AGENT": user_agent(settings["CONTACT"]),
    }
    if sites.is_loopback(site.url):
        pace["AUTOTHROTTLE_ENABLED"] = False
    for name, value in pace.items():
        if value is not None:
            settings.set(name, value, priority="spider")


def user_agent(contact: str) -> str:
    """Names the project and whom to write to."""
    try:
        release = version("jira-crawler")
    except PackageNotFoundError:  # run from a checkout
        release = "0.1.0"
    return f"jira_crawler/{release} ({f'+{contact}' if contact else 'no contact given'})"
