"""Scrapy's scheduler over a queue that forgets nothing before it is settled."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler

from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier import FLEETING, FLOOR, LEASE, acknowledged, committed, wire
from jira_crawler.frontier.leases import Leases
from jira_crawler.frontier.queue import Queue
from jira_crawler.spiders.asking import Asking

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Frontier(BaseScheduler):
    """On disk where JOBDIR is set, so that the same command carries on after anything; in memory otherwise."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        self.leases = Leases()
        self._fleeting: list[tuple[int, int, Request]] = []
        self._order = count()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        folder = self.crawler.settings["JOBDIR"]
        self.queue = Queue(Path(folder) if folder else None)
        self._resume(Asking.of(self.crawler), folder)
        self.crawler.signals.connect(self.acknowledge, signal=committed)
        # After the extensions have heard it: they make the last commit then.
        self.crawler.signals.connect(self.ended, signal=signals.spider_closed)

    def _resume(self, spider: Asking, folder: str) -> None:
        """Takes up what an earlier run left in the folder; raises BadArgument if that was another site's."""
        state = self.queue.load_state()
        if state.get("site", spider.site.url) != spider.site.url:
            self.queue.close()
            raise BadArgument(f"JOBDIR={folder} holds a crawl of {state['site']}: give this one a folder of its own.")
        spider.state.update(state, site=spider.site.url)
        if len(self.queue):
            spider.logger.info("Going on with %d requests of an earlier run", len(self.queue))

    def has_pending_requests(self) -> bool:
        return bool(self._fleeting) or bool(len(self.queue))

    def enqueue_request(self, request: Request) -> bool:
        if request.meta.get(FLEETING):
            heappush(self._fleeting, (-request.priority, next(self._order), request))
            return True
        lease = request.meta.pop(LEASE, None)
        if lease is not None:  # a repetition
            self.queue.put_back(lease, wire.dump(request), request.priority)
            return True
        fingerprint = None if request.dont_filter else self.crawler.request_fingerprinter.fingerprint(request)
        floor = request.meta.get(FLOOR)
        taken = self.queue.push(
            wire.dump(request), request.priority, fingerprint, (floor[0], floor[1]) if floor else None
        )
        self.crawler.stats.inc_value("frontier/taken" if taken else "frontier/known")
        return taken

    def next_request(self) -> Request | None:
        if self._fleeting:
            return heappop(self._fleeting)[2]
        leased = self.queue.take()
        if leased is None:
            return None
        request = wire.load(leased[1], Asking.of(self.crawler))
        request.meta[LEASE] = leased[0]
        return request

    def acknowledge(self) -> None:
        """Lets go of what is settled, now that everything it yielded is committed."""
        done, failed = self.leases.collect()
        self.queue.acknowledge(done, failed)
        self.queue.save_state(Asking.of(self.crawler).state)
        self.queue.commit()
        if done or failed:
            self.crawler.signals.send_catch_log(signal=acknowledged, floors=self.queue.floors())

    def ended(self, reason: str) -> None:
        """Closes the file; a crawl that left nothing undone leaves nothing in it, so that the next begins anew."""
        if reason == "finished" and not self.queue.size() and not Asking.of(self.crawler).faults:
            self.queue.clear()
        self.queue.close()
