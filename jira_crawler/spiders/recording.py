"""What every spider shares: the dataset it fills, the sentences that say what is missing, and how it stops."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.sentences import printable, quoted
from jira_crawler.store import tally

STOPPED = "stopped"


class Recording(Spider):
    """A spider with a dataset. `faults` are the sentences that say what is missing; a run without any is complete."""

    report = "report.json"
    origin: str  # where its issues come from, as the report names it
    dataset: Dataset  # where what it finds is recorded; there as soon as it is opened

    def __init__(self, **kwargs: Any):
        unknown = [name for name in kwargs if not name.startswith("_")]  # Scrapyd sends a _job
        if unknown:
            raise BadArgument(f"The spider {self.name} has no argument {unknown[0]!r}.")
        super().__init__(**kwargs)
        self.faults: list[str] = []
        self.stopping = False
        self.counted: dict[str, int] = {}  # issues by project, as they were counted beforehand
        self.state: dict[str, Any] = {}  # with JOBDIR, Scrapy brings the one of the run that is resumed

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.broke, signal=signals.spider_error)
        return spider

    def broke(self, failure: Failure) -> None:
        """Notes that a callback raised what it should not, and so lost what it would have yielded."""
        if failure.value is not None:
            self.failed(failure.value)

    def failed(self, error: BaseException) -> None:
        """Notes an exception that nobody expected."""
        self.fault(f"A step of the crawl failed: {type(error).__name__}: {quoted(str(error))}.")

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Finds the spider of a crawl, for what surrounds it."""
        if not isinstance(crawler.spider, cls):
            raise RuntimeError(f"{crawler.spider} is not {cls.__name__}")
        return crawler.spider

    @property
    def run(self) -> int:
        """When this run began, in epoch milliseconds; a resumed crawl keeps the number."""
        return int(self.state.setdefault("run", int(time.time() * 1000)))

    def tally(self) -> tuple[int, Counter[str], Counter[str]]:
        """Counts what became of this run's issues: those in a feed, the rest by reason, examples by task."""
        return tally.of_run(self.dataset.store.engine, self.run)

    def fault(self, sentence: str) -> None:
        """Notes something that is missing; the crawl goes on. Whatever the sentence quotes, it is printable."""
        sentence = printable(sentence)
        if sentence not in self.faults:
            self.faults.append(sentence)
            self.logger.error(sentence)

    def stop(self, sentence: str) -> None:
        """Ends the crawl in good order, with one sentence; from anywhere but a callback, which raises `refuse`."""
        self.fault(sentence)
        if not self.stopping:
            self.stopping = True
            deferred_from_coro(self.crawler.engine.close_spider_async(reason=STOPPED))

    def refuse(self, sentence: str) -> CloseSpider:
        """Gives the exception that ends the crawl from inside a callback, with one sentence."""
        self.fault(sentence)
        return CloseSpider(STOPPED)
