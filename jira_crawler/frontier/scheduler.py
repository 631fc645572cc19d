"""Scrapy's scheduler over a queue that forgets nothing before it is settled."""

from __future__ import annotations

import sqlite3
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler

from jira_crawler.frontier import FLEETING, FLOOR, LEASE, acknowledged, committed, wire
from jira_crawler.frontier.leases import Leases
from jira_crawler.spiders.asking import Asking

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Frontier(BaseScheduler):
    """On disk where JOBDIR is set, so that the same command carries on after anything; in memory otherwise."""

    trouble: type[Exception] = sqlite3.Error  # what says that questions cannot be kept
    leases: Leases

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        self._fleeting: list[tuple[int, int, Request]] = []
        self._order = count()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        asking = Asking.of(self.crawler)
        self.queue: Any = asking.questions
        self.leases = asking.leases
        self._resume(asking)
        self.crawler.signals.connect(self.acknowledge, signal=committed)
        # After the extensions have heard it: they make the last commit then.
        self.crawler.signals.connect(self.ended, signal=signals.spider_closed)
        # And after they have committed what came. Whoever has something left to ask listens later.
        self.crawler.signals.connect(asking.account, signal=signals.spider_idle)

    def _resume(self, spider: Asking) -> None:
        """Takes up what an earlier run left in the folder."""
        spider.state.update(self.queue.load_state(), site=spider.site.url)
        if len(self.queue):
            spider.logger.info("Going on with %d requests of an earlier run", len(self.queue))

    def has_pending_requests(self) -> bool:
        return bool(self._fleeting) or bool(len(self.queue))

    def enqueue_request(self, request: Request) -> bool:
        if request.meta.get(FLEETING):
            heappush(self._fleeting, (-request.priority, next(self._order), request))
            return True
        try:
            if LEASE in request.meta:  # a repetition
                self.leases.kept(request)
                self.put_back(request)
                return True
            taken = self.push(request)
        except self.trouble as error:
            self._broke(error)
            return False
        self.leases.kept(request)
        self.crawler.stats.inc_value("frontier/taken" if taken else "frontier/known")
        return taken

    def next_request(self) -> Request | None:
        if self._fleeting:
            return heappop(self._fleeting)[2]
        try:
            request = self.pop()
        except self.trouble as error:
            self._broke(error)
            return None
        if request is not None:
            self.leases.leased(request)
        return request

    def push(self, request: Request) -> bool:
        fingerprint = None if request.dont_filter else self.crawler.request_fingerprinter.fingerprint(request)
        floor = request.meta.get(FLOOR)
        walk = (floor[0], floor[1]) if floor else None
        return bool(self.queue.push(wire.dump(request), request.priority, fingerprint, walk))

    def pop(self) -> Request | None:
        while leased := self.queue.take():
            try:
                request = wire.load(leased[1], Asking.of(self.crawler))
            except (ValueError, TypeError) as error:  # somebody else wrote it, or the disk is not sound
                why = f"A question in JOBDIR cannot be asked: {error}."
                self.queue.acknowledge([], [(leased[0], why)])
                Asking.of(self.crawler).fault(why)
                continue
            request.meta[LEASE] = leased[0]
            return request
        return None

    def put_back(self, request: Request) -> None:
        lease = request.meta.pop(LEASE)
        self.queue.put_back(lease, wire.dump(request), request.priority)

    def close(self, reason: str) -> None:
        """Sees to it that a crawl which is over has the answers to all that it asked."""
        if reason == "finished":
            Asking.of(self.crawler).account()

    def acknowledge(self) -> None:
        """Lets go of what is settled, now that everything it yielded is committed."""
        done, failed = self.leases.collect()
        try:
            self.queue.acknowledge(done, failed)
            self.queue.save_state(Asking.of(self.crawler).state)
            self.queue.commit()
        except self.trouble as error:
            self._broke(error)
            return
        if done or failed:
            self.crawler.signals.send_catch_log(signal=acknowledged, floors=self.queue.floors())

    def ended(self, reason: str) -> None:
        """Closes the file; a crawl that left nothing undone leaves nothing in it, so that the next begins anew."""
        try:
            if reason == "finished" and not self.queue.size() and not Asking.of(self.crawler).faults:
                self.queue.clear()
            self.queue.close()
        except self.trouble as error:
            self._broke(error)

    def _broke(self, error: Exception) -> None:
        """Ends the crawl; what is on disk stays as it was last committed, and is asked again."""
        Asking.of(self.crawler).stop(f"The questions of the crawl cannot be kept: {error}.")
