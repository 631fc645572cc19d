"""With METRICS_PORT, a crawl tells Prometheus how it is, on the loop that it runs on."""

from __future__ import annotations

import logging
import socket
import weakref
from contextlib import ExitStack
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from jira_crawler.exceptions import BadArgument

if TYPE_CHECKING:
    from aiohttp import web
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
PATH = "/metrics"
GRACE = 1.0  # seconds that an answer which is under way has when the crawl ends


class Metrics:
    """Takes its port before anything else of a crawl is opened: where it cannot be had, nothing is begun."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        self.host, self.port = crawler.settings["METRICS_HOST"], crawler.settings.getint("METRICS_PORT")
        if not self.port:
            raise NotConfigured
        try:
            import prometheus_client  # noqa: F401 - only who wants metrics is to pay for it
        except ModuleNotFoundError as error:
            raise BadArgument("METRICS_PORT needs prometheus-client: pip install 'jira-crawler[live]'.") from error
        self._socket = listen(self.host, self.port)
        weakref.finalize(self, self._socket.close)  # whatever comes between, and the crawl never opens
        self._runner: web.AppRunner | None = None
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Metrics:
        return cls(crawler)

    async def opened(self) -> None:
        from aiohttp import web

        from jira_crawler.extensions.exposition import metrics_handler
        from jira_crawler.extensions.readings import Readings

        application = web.Application()
        application.router.add_get(PATH, metrics_handler(self.crawler.stats, Readings(self.crawler)))
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=GRACE)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()
        logger.info("Metrics are at http://%s:%d%s", self.host, self.port, PATH)

    async def closed(self) -> None:
        if self._runner:
            await self._runner.cleanup()


def listen(host: str, port: int) -> socket.socket:
    """Takes a port; raises BadArgument with the sentence that says why it cannot be had."""
    with ExitStack() as undo:
        try:
            family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            made = undo.enter_context(socket.socket(family, kind))
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a crawl that ended just now had it
            made.bind(address)
            made.listen()
        except OSError as error:
            why = error.strerror or str(error)
            raise BadArgument(f"METRICS_PORT={port} of METRICS_HOST={host} cannot be had: {why}.") from error
        undo.pop_all()
    return made
