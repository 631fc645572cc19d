"""How fast we may ask: pauses and a pace that the site demands, for all of its requests at once, and a daily budget."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy import signals

from jira_crawler.exceptions import Refused, SiteRefused
from jira_crawler.middlewares import github_limits, rates
from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.middlewares.pacer import Refusal
from jira_crawler.middlewares.permits import permits_at
from jira_crawler.recording import session_of
from jira_crawler.sites import GITHUB

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)
NEVER = 10 * 366 * 86_400.0  # seconds: a site whose quota is zero names the end of time
SLACK = 1.0  # seconds by which a pause may be longer than is allowed: Redis counts in whole milliseconds
PERMIT = "permit"  # what was learned and sent before a request left; in its meta until its answer is here


class Pace:
    """Pauses the whole site when an answer asks for it, and repeats what was refused without counting it a retry.

    With REDIS_URL the site rests for the whole fleet, and the fleet has one pace and one budget.
    """

    def __init__(self, crawler: Crawler):
        self.stats = crawler.stats
        self.site = session_of(crawler).site
        self.longest = crawler.settings.getfloat("MAX_PAUSE")
        self.patience = crawler.settings.getint("MAX_PAUSES")
        self.backoff = crawler.settings.getfloat("RETRY_BACKOFF")
        self.limit = crawler.settings.getint("DAILY_BUDGET")
        self.permits = permits_at(self.site.name, crawler.settings)
        self._said = 0.0  # until when the log knows that we wait
        self._pace = 0.0
        self._random = False  # whether the log knows that refusals come at random
        crawler.signals.connect(self.permits.close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Pace:
        return cls(crawler)

    async def admit(self, request: Request) -> None:
        """Holds a request until it is permitted, and no pause is on.

        Raises SiteRefused once the budget is spent, or if the pause is longer than anybody wants to wait.
        """
        permit = self.permits.ask(0)
        while permit and permit.wait:
            if permit.pause > self.longest + SLACK:
                raise SiteRefused(self._not_before(permit.pause))
            self._say(permit.pause, "another worker was told to")
            await asyncio.sleep(permit.wait)
            permit = self.permits.ask(permit.ticket)
        if not permit:
            raise SiteRefused(
                f"The budget of {self.limit} requests to {self.site.name} in 24 hours is spent: go on tomorrow."
            )
        request.meta[PERMIT] = [permit.lesson, permit.number]
        self.stats.inc_value("pace/sent")

    def process_response(self, request: Request, response: Response) -> Request | Response:
        permit = request.meta.pop(PERMIT, None)
        if isinstance(response, FailureResponse):
            return response
        headers = _told(response)
        try:
            if self.site.dialect == GITHUB:
                return self._held_to_limits(request, response, headers)
            if response.status == 429 or (response.status == 503 and "retry-after" in headers):
                # A 503 is no matter of pace: the site is busy with something else.
                refusal = Refusal(*permit) if permit and response.status == 429 else None
                return self._refused(request, response, headers, refusal)
            self.pause(rates.wait_after_answer(headers, time.time()), "the site is near its limit", headers)
        except Refused as lost:
            return FailureResponse(request.url, str(lost), last_word=True)
        return response

    def glance(self, response: Response) -> None:
        """Learns of a limit the moment an answer is here: the next question may leave before anybody has read it.

        A 403 that does not say what it is holds back the others for a second, in which that is found out.
        """
        if self.site.dialect != GITHUB:
            return
        headers, now = _told(response), time.time()
        if response.status in (403, 429):
            wait = github_limits.refusal(response.status, headers, b"", now, 1)
            self.pause(github_limits.SPARE if wait is None else wait, f"{self.site.name} has come to a limit", {})
        else:
            self.pause(github_limits.wait_after_answer(headers, now), "the requests of this hour are spent", {})

    def _held_to_limits(self, request: Request, response: Response, headers: Mapping[str, str]) -> Request | Response:
        """Waits for what GitHub says of its limits, of which none tells a pace."""
        times, now = request.meta.get("paused_times", 0) + 1, time.time()
        wait = github_limits.refusal(response.status, headers, response.body, now, times)
        if wait is not None:
            return self._again(request, wait, f"{self.site.name} has come to a limit", headers, None)
        self.pause(github_limits.wait_after_answer(headers, now), "the requests of this hour are spent", {})
        return response

    def pause(self, seconds: float, why: str, headers: Mapping[str, str], refusal: Refusal | None = None) -> None:
        """Stops every request of the site for so many seconds from now; a longer pause that is on stays on."""
        if seconds <= 0:
            return
        pause = self.permits.pause(min(seconds, NEVER), rates.pace(headers), refusal)
        if pause.longer and seconds <= self.longest:
            waited = self.stats.get_value("pace/waited_seconds", 0.0) + pause.longer
            self.stats.set_value("pace/waited_seconds", waited)
            self._say(pause.longer, why)
        if pause.random and not self._random:
            self._random = True
            logger.info("%s refuses at random, whatever the pace: only its pauses are kept from now on", self.site.name)
        if pause.pace > self._pace:
            logger.info(
                "From now on %s seconds at least between two requests to %s", f"{pause.pace:.3g}", self.site.name
            )
        self._pace = pause.pace

    def _refused(
        self, request: Request, response: Response, headers: Mapping[str, str], refusal: Refusal | None
    ) -> Request | Response:
        times = request.meta.get("paused_times", 0)
        own = self.backoff * 2 ** min(times, 10) * random.uniform(1.0, 1.25)  # noqa: S311 - jitter, not a secret
        wait = rates.wait_after_refusal(headers, time.time(), min(own, self.longest))
        return self._again(request, wait, f"the site answered {response.status}", headers, refusal)

    def _again(
        self, request: Request, wait: float, why: str, headers: Mapping[str, str], refusal: Refusal | None
    ) -> Request | Response:
        """Repeats a request that was refused once the pause is over, unless that was so too often."""
        times = request.meta.get("paused_times", 0) + 1
        if times > self.patience:
            reason = f"{self.site.url} told one request to wait {times} times in a row; ask its administrator."
            return FailureResponse(request.url, reason, last_word=True)
        self.stats.inc_value("pace/refused")
        self.pause(wait, why, headers, refusal)
        if wait > self.longest:
            return FailureResponse(request.url, self._not_before(wait), last_word=True)
        again = request.replace(dont_filter=True, priority=request.priority + 1)
        again.meta["paused_times"] = times
        return again

    def _not_before(self, seconds: float) -> str:
        """Says until when the site wants to be left alone, rounded up: nothing may be asked before."""
        if seconds >= NEVER:
            return f"{self.site.url} asks never to be asked again: ask its administrator."
        until = datetime.fromtimestamp(time.time() + seconds + 60, UTC).strftime("%Y-%m-%d %H:%M UTC")
        return f"{self.site.url} asks to be left alone until {until}, longer than MAX_PAUSE: go on then."

    def _say(self, seconds: float, why: str) -> None:
        """Logs a long pause once, and again only if it has become clearly longer."""
        until = time.monotonic() + seconds
        if seconds >= 5 and until > self._said + 1:
            self._said = until
            logger.info("Waiting %.0f s: %s", seconds, why)


def _told(response: Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): values[-1].decode("latin-1") for name, values in response.headers.items()}
