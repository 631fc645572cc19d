"""One run of a spider as all that surrounds it sees it: the dataset it fills, what is missing, and how it stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.utils.defer import deferred_from_coro

from jira_crawler.crawl.session import CrawlState, Findings, Session
from jira_crawler.sentences import quoted
from jira_crawler.store import tally

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from jira_crawler.feeds.dataset import Dataset

STOPPED = "stopped"
REPORT = "report.json"
Tally = tuple[int, Counter[str], Counter[str]]


class Recording:
    """What every run has; a spider holds its own as `recording`. A run without findings is complete.

    `origin` is where its issues come from, as the `report` names it; `counted` are the issues by project, as they were
    counted beforehand.
    """

    dataset: Dataset  # where what it finds is recorded; there as soon as the extensions are made

    def __init__(
        self,
        crawler: Crawler,
        origin: str,
        state: CrawlState,
        *,
        findings: Findings | None = None,
        counted: dict[str, int] | None = None,
        shared: bool = False,
        report: str = REPORT,
        count: Callable[[], Tally] | None = None,
    ):
        self.crawler, self.origin, self.state, self.report, self.shared = crawler, origin, state, report, shared
        self.findings = Findings() if findings is None else findings
        self.counted: dict[str, int] = {} if counted is None else counted
        self.stopping = False
        self._count = count
        crawler.signals.connect(self.broke, signal=signals.spider_error)

    @classmethod
    def of(cls, crawler: Crawler) -> Recording:
        """Finds that of a crawl."""
        found = getattr(crawler.spider, "recording", None)
        if not isinstance(found, cls):
            raise RuntimeError(f"{crawler.spider} records nothing")
        return found

    @property
    def run(self) -> int:
        """When this run began, in epoch milliseconds; a resumed crawl keeps the number."""
        return self.state.run

    def tally(self) -> Tally:
        """Counts what became of this run's issues: those in a feed, the rest by reason, examples by task."""
        return self._count() if self._count else tally.of_run(self.dataset.store.engine, self.run)

    def add_finding(self, sentence: str) -> None:
        """Notes something that is missing; the crawl goes on."""
        self.findings.add(sentence)

    def broke(self, failure: Failure) -> None:
        """Notes that a callback raised what it should not, and so lost what it would have yielded."""
        if failure.value is not None:
            self.failed(failure.value)

    def failed(self, error: BaseException) -> None:
        """Notes an exception that nobody expected."""
        self.add_finding(f"A step of the crawl failed: {type(error).__name__}: {quoted(str(error))}.")

    def stop(self, sentence: str) -> None:
        """Ends the crawl in good order, with one sentence; from anywhere but a callback, which raises `refuse`."""
        self.add_finding(sentence)
        if not self.stopping:
            self.stopping = True
            deferred_from_coro(self.crawler.engine.close_spider_async(reason=STOPPED))

    def refuse(self, sentence: str) -> CloseSpider:
        """Gives the exception that ends the crawl from inside a callback, with one sentence."""
        self.add_finding(sentence)
        return CloseSpider(STOPPED)


def session_of(crawler: Crawler) -> Session:
    """Finds the session of a crawl that asks a site."""
    found = getattr(crawler.spider, "session", None)
    if not isinstance(found, Session):
        raise RuntimeError(f"{crawler.spider} asks no site")
    return found
