"""Every issue that leaves the pipelines early is kept with the step and the reason."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.exceptions import DropItem

from jira_crawler.extensions.settle import Settle
from jira_crawler.items import RawIssue
from jira_crawler.pipelines import Unchanged

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

    def dropped(self, item: Any, exception: DropItem) -> None:
        # Scrapy's frame keeps the exception, whose traceback keeps the frame: a large issue would stay in memory,
        # with the answer that it came in, until the garbage is collected.
        exception.__traceback__ = None
        if isinstance(exception, Unchanged):
            return
        stage, reason = getattr(exception, "stage", "pipelines"), getattr(exception, "reason", str(exception))
        self._reject(item, stage, reason, getattr(exception, "issue", None))

    def failed(self, item: Any, failure: Failure) -> None:
        """A step that raises what it should not is our fault: the issue is kept, and the crawl goes on."""
        self._reject(item, "pipelines", f"{type(failure.value).__name__}: {failure.getErrorMessage()}", None)

    def _reject(self, item: Any, stage: str, reason: str, issue: Any) -> None:
        if isinstance(item, RawIssue):
            with suppress(Unchanged):  # a store that breaks has stopped the crawl by now
                Settle.of(self.crawler).rejected(item, stage, reason, issue)
