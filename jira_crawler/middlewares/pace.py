"""How fast we may ask: pauses that the site demands, for all of its requests at once, and a daily budget."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals

from jira_crawler.exceptions import SiteRefused
from jira_crawler.middlewares.budget import Budget
from jira_crawler.middlewares.rates import wait_after_answer, wait_after_refusal
from jira_crawler.spiders.answers import NoAnswer
from jira_crawler.spiders.asking import Asking

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)


class Pace:
    """Pauses the whole site when an answer asks for it, and repeats what was refused without counting it a retry."""

    def __init__(self, crawler: Crawler):
        self.stats = crawler.stats
        self.site = Asking.of(crawler).site
        self.longest = crawler.settings.getfloat("MAX_PAUSE")
        self.patience = crawler.settings.getint("MAX_PAUSES")
        self.backoff = crawler.settings.getfloat("RETRY_BACKOFF")
        self.until = 0.0
        limit = crawler.settings.getint("DAILY_BUDGET")
        self.budget = Budget(Path(crawler.settings["STATE_DIR"]), self.site.name, limit) if limit else None
        crawler.signals.connect(self.close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Pace:
        return cls(crawler)

    async def admit(self, request: Request) -> None:
        """Holds a request until no pause is on, then takes it from the daily budget; raises SiteRefused if spent."""
        while (left := self.until - time.monotonic()) > 0:
            await asyncio.sleep(left)
        if self.budget and not self.budget.spend(time.time()):
            raise SiteRefused(
                f"The budget of {self.budget.limit} requests to {self.site.name} in 24 hours is spent: go on tomorrow."
            )
        self.stats.inc_value("pace/sent")

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if isinstance(response, NoAnswer):
            return response
        headers = {
            name.decode("latin-1").lower(): values[-1].decode("latin-1") for name, values in response.headers.items()
        }
        if response.status != 429 and not (response.status == 503 and "retry-after" in headers):
            self.pause(min(wait_after_answer(headers, time.time()), self.longest), "the site is near its limit")
            return response
        times = request.meta.get("paused_times", 0) + 1
        if times > self.patience:
            reason = f"{self.site.url} told one request to wait {times} times in a row; ask its administrator."
            return NoAnswer(request.url, reason, last_word=True)
        own = self.backoff * 2 ** min(times, 10) * random.uniform(1.0, 1.25)  # noqa: S311 - jitter, not a secret
        wait = min(wait_after_refusal(headers, time.time(), own), self.longest)
        self.stats.inc_value("pace/refused")
        self.pause(wait, f"the site answered {response.status}")
        again = request.replace(dont_filter=True, priority=request.priority + 1)
        again.meta["paused_times"] = times
        return again

    def pause(self, seconds: float, why: str) -> None:
        """Stops every request of the site for so many seconds from now; a longer pause that is on stays on."""
        until = time.monotonic() + seconds
        if seconds <= 0 or until <= self.until:
            return
        waited = until - max(self.until, time.monotonic())
        self.stats.set_value("pace/waited_seconds", self.stats.get_value("pace/waited_seconds", 0.0) + waited)
        self.until = until
        if seconds >= 5:
            logger.info("Waiting %.0f s: %s", seconds, why)

    def close(self) -> None:
        if self.budget:
            self.budget.close()
