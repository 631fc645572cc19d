"""Parts of Scrapy, as settings may bring them in, that make questions vanish in each place where that can be done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from jira_crawler.scheduling.scheduler import TaskScheduler


def is_page(request: Any) -> bool:
    """Whether issues are asked for behind the first page, in whatever way."""
    return isinstance(request, Request) and ("created+%3E%3D" in request.url or "/issue/" in request.url)


class Drops:
    """A spider middleware that passes some requests on to nobody."""

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for each in result:
            if not is_page(each):
                yield each


class DropsItems:
    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for each in result:
            if isinstance(each, Request) or each.id != "1007":
                yield each


class Breaks:
    """A spider middleware that raises in the middle of what a callback yields, and one that keeps that to itself."""

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for each in result:
            if is_page(each):
                raise KeyError("broken")
            yield each


class Hushes:
    def process_spider_exception(self, response: Response, exception: Exception) -> list[Any]:
        return []


class RaisesBefore:
    """Does not even let a callback see an answer, and hushes that up."""

    def process_spider_input(self, response: Response) -> None:
        if is_page(response.request):
            raise IgnoreRequest("not for you")

    def process_spider_exception(self, response: Response, exception: Exception) -> list[Any]:
        return []


class RaisesOnTheWayOut:
    """A downloader middleware; what is asked after a part was refused is in smaller pages, and all are its prey."""

    def process_request(self, request: Request) -> None:
        if is_page(request):
            raise KeyError("broken")


class RaisesOnTheWayBack:
    def process_response(self, request: Request, response: Response) -> Response:
        if is_page(request):
            raise KeyError("broken")
        return response


class Ignores:
    def process_response(self, request: Request, response: Response) -> Response:
        if is_page(request):
            raise IgnoreRequest("not wanted")
        return response


class Filters:
    """An extension that refuses what is about to be scheduled, as Scrapy's own filter of other hosts does."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Filters:
        made = cls()
        crawler.signals.connect(made.scheduled, signal=signals.request_scheduled)
        return made

    def scheduled(self, request: Request) -> None:
        if is_page(request):
            raise IgnoreRequest


class Forgets(TaskScheduler):
    """A scheduler that loses what it is given."""

    def enqueue_request(self, request: Request) -> bool:
        return False if is_page(request) else super().enqueue_request(request)
