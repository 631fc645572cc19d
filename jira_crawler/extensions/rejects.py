"""Every issue that leaves the pipelines early is kept with the step and the reason."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import DropItem

from jira_crawler.extensions.commit import CommitExtension, Unchanged
from jira_crawler.items import IssueBatch, RawIssue
from jira_crawler.refine.chain import rejection

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure


class Rejects:
    """Listens for dropped items and for steps that fail, and hands both to the batch."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        crawler.signals.connect(self.dropped, signal=signals.item_dropped)
        crawler.signals.connect(self.failed, signal=signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Rejects:
        return cls(crawler)

    def dropped(self, item: object, exception: DropItem) -> None:
        # Scrapy's frame keeps the exception, whose traceback keeps the frame: a large issue would stay in memory,
        # with the answer that it came in, until the garbage is collected.
        exception.__traceback__ = exception.__cause__ = None
        if not isinstance(exception, Unchanged):
            self._reject(item, exception)

    def failed(self, item: object, failure: Failure) -> None:
        """A step that raises what it should not is our fault: the issue is kept, and the crawl goes on."""
        if isinstance(item, IssueBatch) and isinstance(failure.value, Exception):  # whose fault it is nobody knows
            CommitExtension.of(self.crawler).fail("What was crawled cannot be written", failure.value)
        self._reject(item, failure.value)

    def _reject(self, item: object, error: BaseException | None) -> None:
        if isinstance(item, RawIssue) and error is not None:
            with suppress(Unchanged):  # a store that breaks has stopped the crawl by now
                CommitExtension.of(self.crawler).record_outcome(item, rejection(error))
