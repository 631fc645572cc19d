"""Runs a crawl that never ends: receives webhooks, asks for what they are about, and lists what they lost.

Webhooks and lists go through the same engine, pace, budget and pipelines as any crawl. While a pass lists what changed,
nothing else is asked, so that of two answers about an issue the later one is always the later question's.

The loop only turns: whatever waits for the store does so in one thread, so that a store which is away holds up the
crawl, and nobody who asks how it is.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from scrapy import signals
from scrapy.utils.asyncio import create_looping_call

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.extensions.live_context import LiveContext
from jira_crawler.extensions.metrics import PATH
from jira_crawler.extensions.passes import Passes
from jira_crawler.extensions.readings import Readings
from jira_crawler.extensions.store_probe import StoreProbe
from jira_crawler.extensions.turns import Turns
from jira_crawler.extensions.watched.status import LiveStatus
from jira_crawler.frontier.protocol import FrontierLost
from jira_crawler.middlewares.credentials import Credentials
from jira_crawler.scheduling import committed, stopping
from jira_crawler.serve.health import Health
from jira_crawler.serve.parts import Served, made
from jira_crawler.serve.standing import lagging
from jira_crawler.serve.watching import FIND, StatusPages
from jira_crawler.settings import secret
from jira_crawler.store.exclusive_writer import patience

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
ENDING = 30.0  # seconds that a store which is away is waited for in all, once the crawl is told to end
TICK = 0.05  # seconds between two looks at what is due


class Live:
    """Belongs to the spider of that name, which adds it to the extensions."""

    def __init__(self, crawler: Crawler):
        self.context = LiveContext(crawler)
        self.passes = Passes(self.context)
        self.turns = Turns(self.context, self.passes)
        self.status = LiveStatus(self.context, self.passes, self.turns, self.health)
        self._probe = StoreProbe(
            lambda: self.context.store.delivery_audit, self.context.spider.site.name, crawler.settings["STORE_URL"]
        )
        self._clock = create_looping_call(self.turns.tick)
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.turns.settle, signal=committed)
        crawler.signals.connect(self.stop, signal=stopping)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Live:
        return cls(crawler)

    async def opened(self) -> None:
        """Listens before the first question is asked: what changes meanwhile is not to be missed."""
        live = self.context
        patience.lasts()
        patience.none_here()
        live.commits.serves = True
        live.parts = made(self._served())
        own = [route for part in live.parts for route in part.routes()]
        searches = any(isinstance(route, web.RouteDef) and route.path == FIND for route in own)
        pages = [*StatusPages(self.status.look, searches=searches).routes(), *self._metrics_page(), *own]
        try:
            await live.in_thread(live.peers.join, live.store.identity, live.session.scope.projects)
            await live.server.start(
                live.store.deliveries.receive,
                self.turns.arrive,
                self.health,
                pages=pages,
                timed=live.counts.timed,
            )
        except (BadArgument, Refused) as error:
            live.recording.stop(str(error))
            return
        except FrontierLost as error:
            live.recording.stop(f"The other processes cannot be found: {str(error).rstrip('.')}.")
            return
        for part in live.parts:
            await part.start()
        logger.info("How it is can be seen at %s", live.server.url)
        self.turns.is_on = True
        self._clock.start(TICK, now=False)

    # --- around it

    def _served(self) -> Served:
        settings = self.context.crawler.settings
        return Served(
            output=Path(settings["OUTPUT_DIR"]),
            store_url=settings["STORE_URL"],
            setting=settings.get,
            secret=secret,
            policy=self.context.commits.policy,
            leads=lambda: self.context.peers.leads,
        )

    def _metrics_page(self) -> list[web.RouteDef]:
        """What Prometheus asks, if there is what speaks its language."""
        try:
            from jira_crawler.extensions.exposition import metrics_handler
        except ModuleNotFoundError:
            return []
        return [web.get(PATH, metrics_handler(self.context.crawler.stats, Readings(self.context.crawler)))]

    async def health(self) -> Health:
        """Says how it is; the store is tried, because nothing else would tell that it cannot be written."""
        live = self.context
        lent = live.crawler.get_downloader_middleware(Credentials)
        trouble, backlog = await self._probe.ask()
        return Health(
            now=time.time(),
            began=live.began,
            receiving=bool(live.server.signatures),
            trouble=trouble or live.server.trouble,
            tables=live.upkeep.trouble,
            waiting=backlog.waiting,
            oldest=backlog.store and backlog.store / 1000,
            delivered=backlog.last and backlog.last / 1000,
            polled=self.passes.polled,
            poll_seconds=self.passes.every,
            levels={name: each.at / 1000 if each.at else None for name, each in live.following.levels.fetched.items()}
            if live.following.levels.fields
            else {},
            credentials=lent.state if lent else "none",
            parts=lagging(live.parts),
            configuration={
                "site": live.spider.site.url,
                "projects": list(live.session.scope.projects),
                "poll_seconds": self.passes.every,
                "signed": bool(live.server.signatures),
                "tables": live.upkeep.tables,
                "leads": live.peers.leads,
            },
        )

    # --- the end

    async def stop(self) -> None:
        """Answers what was accepted; nothing is asked for any more, and what is not done is done by the next run.

        What is under way comes to its end meanwhile.
        """
        live = self.context
        if live.is_ending:
            return
        live.is_ending, self.turns.is_on = True, False
        patience.ends(ENDING)
        patience.none_here(none=False)
        if self._clock.running:
            self._clock.stop()
        await live.server.stop()
        await self.turns.close()
        for part in live.parts:
            await part.stop()
        await self.status.close()
        await live.upkeep.close()
        self._probe.close()

    def closed(self) -> None:
        """Stands behind the last commit, and before the report, which closes the store."""
        live = self.context
        live.close()
        if not live.peers.are_there:
            return
        if live.peers.leads and not live.commits.is_broken:
            live.upkeep.finish()
        try:
            live.worklist.leave()
            live.peers.leave()
        except FrontierLost as error:
            logger.warning("The other processes were not told of the end: %s", error)
