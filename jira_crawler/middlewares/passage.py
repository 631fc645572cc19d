"""The way of a question to the site and back: whatever happens there, its callback hears of it, or the crawl stops."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader import Downloader, Slot
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from twisted.internet.defer import Deferred, fail

from jira_crawler.middlewares.answers import FailureResponse, describe

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)


class Passage(Downloader):
    """Scrapy's downloader, which loses a question where a middleware raises on the way back, and waits when it ends.

    Here an exception that nobody handled is a FailureResponse, as any other trouble. Once the crawl is told to stop,
    nothing is waited for: no pause, no back-off, no delay, no answer. What was under way is asked by the next run.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self._ways: set[Deferred[Any]] = set()
        self._transfers: set[asyncio.Task[Any]] = set()
        self._stopping = False

    def let_go(self) -> None:
        """Ends everything that is under way, now, and lets nothing set out any more."""
        self._stopping = True
        for transfer in tuple(self._transfers):
            transfer.cancel()
        for way in tuple(self._ways):
            way.cancel()

    def fetch(self, request: Request) -> Deferred[Response | Request]:  # type: ignore[override]
        if self._stopping:
            return fail(IgnoreRequest("The crawl stops."))
        way: Deferred[Any] = super().fetch(request)
        self._ways.add(way)
        # No coroutine: Scrapy takes the crawl for idle where the way is over and the engine does not have the answer.
        return way.addBoth(self._over, way).addErrback(self._failed, request)

    def _over(self, result: Any, way: Deferred[Any]) -> Any:
        self._ways.discard(way)
        return result

    def _failed(self, failure: Failure, request: Request) -> Response:
        if self._stopping:
            raise IgnoreRequest("The crawl stops.")
        if request.callback is NO_CALLBACK:  # robots.txt, which its middleware asks for
            failure.raiseException()
        error = failure.value or Exception("nothing said why")
        logger.debug("On the way of %s", request, exc_info=error)
        return FailureResponse(request.url, describe(error), request=request)

    async def _download(self, slot: Slot, request: Request) -> Response:
        task = asyncio.current_task()
        assert task  # noqa: S101 - Scrapy makes one for each transfer
        self._transfers.add(task)
        try:
            if self._stopping:
                raise asyncio.CancelledError
            return await super()._download(slot, request)
        except asyncio.CancelledError:
            raise IgnoreRequest("The crawl stops.") from None
        finally:
            self._transfers.discard(task)
