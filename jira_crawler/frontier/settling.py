"""Tells the frontier how far each response has come on its way through callback and pipelines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.exceptions import CloseSpider

from jira_crawler.frontier import GAVE_UP, LEASE
from jira_crawler.frontier.leases import Leases

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class Settling:
    """The spider middleware closest to the engine: it sees all that a callback yields, and the callback's end."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(self.item_ended, signal=signal)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Settling:
        return cls(crawler)

    @property
    def leases(self) -> Leases:
        leases: Leases = self.crawler.engine.scheduler.leases  # type: ignore[union-attr]  # it is the Frontier
        return leases

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        lease = _lease(response)
        try:
            async for each in result:
                if lease is not None and not isinstance(each, Request):
                    self.leases.began_item(lease)
                yield each
        except CloseSpider:  # the crawl ends here, which is not this question's fault: it is handed back
            raise
        except Exception as error:
            if lease is not None:
                self.leases.exhausted(lease, gave_up=repr(error))
            raise
        if lease is not None:
            self.leases.exhausted(lease, response.meta.get(GAVE_UP, ""))

    def process_spider_exception(self, response: Response, exception: Exception) -> None:
        """Settles what a callback could not even be called with."""
        lease = _lease(response)
        if lease is not None and not isinstance(exception, CloseSpider):
            self.leases.exhausted(lease, gave_up=repr(exception))

    def item_ended(self, response: Response | None) -> None:
        lease = _lease(response)
        if lease is not None:
            self.leases.ended_item(lease)


def _lease(response: Response | None) -> int | None:
    request = getattr(response, "request", None)
    return request.meta.get(LEASE) if request is not None else None
