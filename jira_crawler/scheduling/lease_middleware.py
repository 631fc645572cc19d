"""Tells the frontier how far each response has come on its way through callback and pipelines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from scrapy import Request, signals
from scrapy.exceptions import CloseSpider

from jira_crawler.recording import Recording
from jira_crawler.scheduling import GAVE_UP
from jira_crawler.scheduling.leases import Key, Leases, key
from jira_crawler.scheduling.scheduler import asking

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class LeaseMiddleware:
    """The spider middleware closest to the spider: it sees all that a callback yields, and the callback's end.

    What any other one makes of that comes later, so that nothing can vanish uncounted.
    """

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        for signal in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(self.item_ended, signal=signal)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LeaseMiddleware:
        return cls(crawler)

    @property
    def leases(self) -> Leases:
        return asking(self.crawler).leases

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for each in start:
            if isinstance(each, Request):
                self.leases.asked(each)
            yield each

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        question = _question(response)
        try:
            async for each in result:
                if isinstance(each, Request):
                    self.leases.asked(each)
                elif question is not None:
                    self.leases.began_item(question)
                yield each
        except CloseSpider:  # the crawl ends here, which is not this question's fault: it is handed back
            raise
        except Exception as error:
            self._failed(question, error)
            raise
        if question is not None:
            self.leases.exhausted(question, response.meta.get(GAVE_UP, ""))

    def process_spider_exception(self, response: Response, exception: Exception) -> None:
        """Ends what a callback could not even be called with."""
        if not isinstance(exception, CloseSpider):
            self._failed(_question(response), exception)

    def item_ended(self, response: Response | None) -> None:
        question = _question(response)
        if question is not None:
            self.leases.ended_item(question)

    def _failed(self, question: Key | None, error: Exception) -> None:
        if question is not None:
            self.leases.exhausted(question, gave_up=repr(error))
        Recording.of(self.crawler).failed(error)  # somebody further out may take the exception for nothing


def _question(response: Response | None) -> Key | None:
    request = getattr(response, "request", None)
    return key(request) if request is not None else None
