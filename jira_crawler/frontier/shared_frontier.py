"""Scrapy's scheduler over the queue that a fleet of workers shares."""

from __future__ import annotations

from heapq import heappush

from redis.exceptions import RedisError
from scrapy import Request

from jira_crawler.frontier.scheduler import Frontier
from jira_crawler.spiders.asking import Asking


class SharedFrontier(Frontier):
    """What waits in Redis is nobody's until it is asked for: pending here is only what this worker holds already."""

    trouble = RedisError
    _fetched: Request | None = None

    def _resume(self, spider: Asking) -> None:
        """Leaves what there is to whoever leads."""

    def has_pending_requests(self) -> bool:
        return bool(self._fleeting)

    def push(self, request: Request) -> bool:
        return bool(self.queue.push(request))

    def pop(self) -> Request | None:
        request: Request | None = self.queue.pop()
        return request

    def put_back(self, request: Request) -> None:
        self.queue.put_back(request)

    def fetch(self) -> Request | None:
        """Takes a request for a worker that has nothing to do and would be let sleep; it comes back through `crawl`."""
        self._fetched = self.pop()
        if self._fetched is not None:
            self.leases.leased(self._fetched)
        return self._fetched

    def enqueue_request(self, request: Request) -> bool:
        if request is not self._fetched:
            return super().enqueue_request(request)
        self._fetched = None
        heappush(self._fleeting, (-request.priority, next(self._order), request))
        return True

    def ended(self, reason: str) -> None:
        """Hands back what this worker holds; whoever reports for it leaves the fleet."""
        try:
            self.queue.close()
        except RedisError as error:
            self._broke(error)
