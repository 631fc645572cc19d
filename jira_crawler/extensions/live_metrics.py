"""What a live crawl counts of itself, in the stats, from where the report and Prometheus take it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from aiohttp import web

from jira_crawler.extensions.stats import observe
from jira_crawler.serve.receiver import Handler

if TYPE_CHECKING:
    from scrapy.statscollectors import StatsCollector

    from jira_crawler.store.delivery_audit import Backlog

RESULTS: Final = {204: "accepted", 401: "unsigned", 408: "too_slow", 413: "too_large", 503: "not_kept"}


class LiveMetrics:
    """Writes the rows of serve.metrics that begin with `live/`; they are there from the beginning, with 0."""

    def __init__(self, stats: StatsCollector):
        self.stats = stats
        stats.set_value("live/dirty", 0)
        for key in ("push_missed", "healed", "deliveries/accepted", "polls/good", "polls/failed"):
            stats.inc_value(f"live/{key}", 0)

    def timed(self, handler: Handler) -> Handler:
        """Counts what each delivery is answered with, and in what time."""

        async def receive(request: web.Request) -> web.StreamResponse:
            began = time.monotonic()
            response = await handler(request)
            self.stats.inc_value(f"live/deliveries/{RESULTS.get(response.status, 'other')}")
            observe(self.stats, "live/delivery_seconds", time.monotonic() - began)
            if response.status == 204:
                self.stats.set_value("live/delivered_at", time.time())
            return response

        return receive

    def passed(self, *, ok: bool) -> None:
        """Counts a pass that is over."""
        self.stats.inc_value(f"live/polls/{'good' if ok else 'failed'}")
        if ok:
            self.stats.set_value("live/polled_at", time.time())

    def behind(self, backlog: Backlog, dirty: int) -> None:
        """Notes how far behind each stage is: how long the oldest delivery waits for it, 0 where none does."""
        now = time.time() * 1000
        for stage, oldest in (("fetch", backlog.fetch), ("store", backlog.store), ("tables", backlog.tables)):
            self.stats.set_value(f"live/lag/{stage}", max(now - oldest, 0) / 1000 if oldest else 0.0)
        self.stats.set_value("live/oldest_since", (backlog.store or 0) / 1000)
        self.stats.set_value("live/dirty", dirty)
