"""The server of a live crawl: it receives webhooks, and says whether all is well."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from jira_crawler.exceptions import Refused
from jira_crawler.serve.application import TOKEN, Guard, application
from jira_crawler.serve.health import Health, HealthPages
from jira_crawler.serve.intake import Intake, Receive
from jira_crawler.serve.receiver import Handler, Receiver
from jira_crawler.serve.server import Server
from jira_crawler.serve.signature import SECRET, Signatures
from jira_crawler.settings import secret

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from jira_crawler.sites import Site

logger = logging.getLogger(__name__)


class Reception:
    """Refuses, before anything is begun, a secret that is none. `listening_since` is in ms, 0 where nobody listens."""

    def __init__(self, settings: BaseSettings, site: Site):
        self.settings, self.site = settings, site
        self.signatures, self.guard = Signatures.of(secret), Guard(secret(TOKEN), settings["LIVE_HOST"])
        self.listening_since = 0
        self._server: Server | None = None
        self._intake: Intake | None = None

    @property
    def trouble(self) -> str:
        """Why deliveries are not kept; "" where they are."""
        return self._intake.trouble if self._intake else ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._server.url if self._server else ""

    async def start(
        self,
        receive: Receive,
        arrived: Callable[[], None],
        look: Callable[[], Awaitable[Health]],
        *,
        pages: Iterable[web.RouteDef] = (),
        timed: Callable[[Handler], Handler] = lambda handler: handler,
    ) -> None:
        """Begins to listen; `arrived` is called after each batch that is kept. Raises Refused where it cannot.

        `pages` are for whoever has the token; `timed` stands before what receives.
        """
        self._intake = Intake(receive, arrived)
        receiver = Receiver(
            self.site.name,
            self.signatures,
            self._intake,
            longest=self.settings.getint("WEBHOOK_BYTES"),
            hosts=[urlsplit(self.site.url).hostname or ""],
        )
        public = [*receiver.routes(timed), *HealthPages(look, self.guard).routes()]
        app = application(public, pages, guard=self.guard)
        server = Server(app, self.settings["LIVE_HOST"], self.settings.getint("LIVE_PORT"))
        try:
            await server.start()
        except Refused:
            await self.stop()
            raise
        self._server = server
        if self.signatures:
            self.listening_since = int(time.time() * 1000)
            logger.info("Webhooks are received at %s/webhooks/jira", server.url)
        else:
            logger.warning("There is no %s, so no webhooks are received: what changes is found by polling", SECRET)

    async def stop(self) -> None:
        """Answers what was accepted, and returns when it is on the disk."""
        if self._server:
            server, self._server = self._server, None
            await server.stop()
        if self._intake:
            intake, self._intake = self._intake, None
            await intake.close()
