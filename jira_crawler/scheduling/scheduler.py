"""Scrapy's scheduler over a frontier, which forgets nothing before what it brought is committed."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Protocol, cast

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.misc import load_object

from jira_crawler.crawl.task import Task
from jira_crawler.frontier.protocol import Codec, Failed, Frontier, FrontierLost
from jira_crawler.recording import Recording
from jira_crawler.scheduling import LEASE, acknowledged, committed, committing, stopping, task_of
from jira_crawler.scheduling.leases import Leases
from jira_crawler.sites import Site, within

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.internet.defer import Deferred


class Asking(Protocol):
    """What is needed of a spider: its questions."""

    site: Site
    frontier: Frontier
    leases: Leases

    def request(self, task: Task) -> Request:
        """Gives the request of a task, with the task as its meta; raises ValueError for one that cannot be asked."""


def asking(crawler: Crawler) -> Asking:
    """Finds the spider of a crawl."""
    return cast(Asking, crawler.spider)


def open_frontier(settings: BaseSettings, spider: str, site: Site, codec: Codec) -> Frontier:
    """Opens what the settings say the tasks wait in; raises BadArgument with the sentence that says why it cannot."""
    frontier: Frontier = load_object(settings["SCHEDULER_QUEUE_CLASS"]).open(settings, spider, site, codec)
    return frontier


class TaskScheduler(BaseScheduler):
    """Asks what waits in the frontier, and before it what waits in this process.

    That is what every process asks anew, and the repetition of what is leased, with its lease.
    """

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        self._here: list[tuple[int, int, Request]] = []
        self._order = count()
        self._done: list[str] = []  # what is let go when the commit that is under way is through
        self._failed: list[Failed] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> TaskScheduler:
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        self.spider, self.recording = asking(self.crawler), Recording.of(self.crawler)
        self.frontier, self.leases = self.spider.frontier, self.spider.leases
        self.crawler.signals.connect(self.collect, signal=committing)
        self.crawler.signals.connect(self.acknowledge, signal=committed)
        # After the extensions have heard it: they make the last commit then.
        self.crawler.signals.connect(self.ended, signal=signals.spider_closed)
        # And after they have committed what came. Whoever has something left to ask listens later.
        self.crawler.signals.connect(self.account, signal=signals.spider_idle)

    def has_pending_requests(self) -> bool:
        return bool(self._here) or self.frontier.pending()

    def enqueue_request(self, request: Request) -> bool:
        task = task_of(request)  # others may want something asked, too
        if LEASE in request.meta or task is None or task.identity is None:
            heappush(self._here, (-request.priority, next(self._order), request))
            return True
        try:
            taken = self.frontier.push(task)
        except FrontierLost as error:
            self._lost(error)
            return False
        self.leases.kept(request)
        if self.crawler.stats:
            self.crawler.stats.inc_value("frontier/taken" if taken else "frontier/known")
        return taken

    def next_request(self) -> Request | None:
        return heappop(self._here)[2] if self._here else self.fetch()

    def fetch(self) -> Request | None:
        """Takes a request out of the frontier, for whoever is let sleep by Scrapy as long as nothing waits here."""
        try:
            while leased := self.frontier.lease():
                if isinstance(leased, Failed):
                    self.recording.add_finding(leased.reason)
                    continue
                try:
                    request = self._request(leased.task)
                except ValueError as error:
                    why = f"A question that waited cannot be asked: {error}."
                    self.frontier.acknowledge([], [Failed(leased.id, why)])
                    self.recording.add_finding(why)
                    continue
                request.meta[LEASE] = leased.id
                self.leases.leased(request)
                return request
        except FrontierLost as error:
            self._lost(error)
        return None

    def _request(self, task: Task) -> Request:
        """Makes the request of a task, which others may have written; raises ValueError where it leads elsewhere."""
        request = self.spider.request(task)
        if not within(request.url, self.spider.site.url):
            raise ValueError(f"{request.url[:200]} is not of {self.spider.site.url}")
        return request

    def account(self) -> None:
        """Notes the questions that have no answer now that nothing is under way any more."""
        if lost := self.leases.lost():
            self.recording.add_finding(lost)

    def close(self, reason: str) -> Deferred[None]:
        """Sees to it that a crawl which is over has the answers to all that it asked.

        Whoever has something to end before the store is closed hears of it now, however the crawl came to its end.
        """
        if reason == "finished":
            self.account()
        return deferred_from_coro(self._stop())

    async def _stop(self) -> None:
        await self.crawler.signals.send_catch_log_async(signal=stopping)

    def collect(self) -> None:
        """Notes what is answered so far: everything it yielded is in the commit that begins."""
        done, failed = self.leases.collect()
        self._done += done
        self._failed += failed

    def acknowledge(self) -> None:
        """Lets go of what was answered, now that everything it yielded is committed."""
        done, failed, self._done, self._failed = self._done, self._failed, [], []
        try:
            self.frontier.acknowledge(done, failed)
            self.frontier.commit()
            watermarks = self.frontier.watermarks() if done or failed else {}
        except FrontierLost as error:
            self._lost(error)
            return
        if done or failed:
            self.crawler.signals.send_catch_log(signal=acknowledged, watermarks=watermarks)

    def ended(self, reason: str) -> None:
        """Closes the frontier; a crawl that left nothing undone leaves nothing in it, so that the next begins anew."""
        try:
            self.frontier.close(complete=reason == "finished" and not self.recording.findings)
        except FrontierLost as error:
            self._lost(error)

    def _lost(self, error: FrontierLost) -> None:
        """Ends the crawl; what is kept stays as it was last committed, and is asked again."""
        self.recording.stop(f"The questions of the crawl cannot be kept: {error}.")
