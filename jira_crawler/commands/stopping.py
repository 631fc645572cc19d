"""Ctrl-C and SIGTERM: the first ends a crawl in good order and at once, whatever it waits for; the second ends it."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scrapy.crawler import Crawler

import jira_crawler
from jira_crawler.middlewares.passage import Passage
from jira_crawler.scheduling import stopping

if TYPE_CHECKING:
    from scrapy.crawler import CrawlerProcessBase

logger = logging.getLogger(__name__)
SIGNALS = (signal.SIGINT, signal.SIGTERM)
LOOK = 0.02  # seconds between two looks at a crawl that is just being opened


class Stopping:
    """Scrapy's own handlers lose a signal that comes before the engine runs, and wait for all that is under way."""

    def __init__(self, process: CrawlerProcessBase, crawler: Crawler, running: asyncio.Future[None]):
        self.process, self.crawler, self.running = process, crawler, running
        self._tasks: list[asyncio.Future[Any]] = []

    def listen(self) -> None:
        self._handle(self._first)

    def _handle(self, handler: Any) -> None:
        for number in SIGNALS:
            signal.signal(number, handler)

    def _first(self, number: int, _: Any) -> None:
        from twisted.internet import reactor

        if not reactor.running:
            jira_crawler.stop_early()
        self._handle(self._second)
        # Nothing is logged in a handler: what it interrupted may be writing to the same stream.
        reactor.callFromThread(self._begin, number)

    def _second(self, *_: Any) -> None:
        from twisted.internet import reactor

        self._handle(signal.SIG_DFL)
        reactor.callFromThread(self._break_off)

    def _begin(self, number: int) -> None:
        logger.info(
            "Stopping: %s came; nothing is waited for any more, and what came is kept", signal.Signals(number).name
        )
        self._tasks.append(asyncio.ensure_future(self._stop()))

    async def _stop(self) -> None:
        while not self.running.done() and not self._is_open():
            await asyncio.sleep(LOOK)
        if self.running.done():
            return
        await self.crawler.signals.send_catch_log_async(signal=stopping)
        if isinstance(self.crawler.engine.downloader, Passage):
            self.crawler.engine.downloader.let_go()
        await self.crawler.stop_async()

    def _is_open(self) -> bool:
        try:
            return self.crawler.engine.running
        except RuntimeError:  # there is none yet
            return False

    def _break_off(self) -> None:
        from twisted.internet import reactor

        logger.warning("Stopping for good: what was not committed is asked again by the next run")
        with suppress(RuntimeError):  # it has ended meanwhile
            reactor.stop()  # type: ignore[misc]  # declared without self
