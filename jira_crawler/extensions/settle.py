"""Opens the dataset of a crawl, settles what the pipelines made of each issue, and closes it in good order."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.utils.asyncio import create_looping_call
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.feeds import reports
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.feeds.opening import unmended
from jira_crawler.feeds.spans import digest
from jira_crawler.frontier import committed
from jira_crawler.items import Issue, RawIssue
from jira_crawler.pipelines import Unchanged
from jira_crawler.sentences import masked
from jira_crawler.spiders.asking import Asking
from jira_crawler.spiders.recording import Recording
from jira_crawler.store.rows import UNREADABLE, Row

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
LARGE = 16 * 2**20  # bytes that wait for a commit: issues of a usual size never come to so much


class Settle:
    """Commits after every hundred issues or half a second, whichever comes first (COMMIT_ISSUES, COMMIT_SECONDS)."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        settings = crawler.settings
        shared = isinstance(crawler.spider, Asking) and crawler.spider.shared
        self.dataset = Dataset(Path(settings["OUTPUT_DIR"]), settings["STORE_URL"], shared=shared)
        self._begin_report(Recording.of(crawler))
        self.size = settings.getint("COMMIT_ISSUES")
        self._clock = create_looping_call(self.commit)
        self._broken = False
        self._seconds = settings.getfloat("COMMIT_SECONDS")
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.commit, signal=signals.spider_idle)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Settle:
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> Settle:
        """Finds the crawl's own; it is always on, because without it nothing is kept."""
        settle = crawler.get_extension(cls)
        if settle is None:
            raise RuntimeError("jira_crawler.extensions.settle.Settle must stay in EXTENSIONS")
        return settle

    def _begin_report(self, spider: Recording) -> None:
        """Sees to it that no report of an earlier run is taken for this one's; a worker's is its own until the end."""
        if self.dataset.shared:
            spider.report = f"report.{self.dataset.shard}.json"
        path = self.dataset.folder / spider.report
        try:
            reports.begin(path)
        except OSError as error:
            self.dataset.close()
            raise BadArgument(f"{path} cannot be written: {error.strerror}.") from error

    def written(self, issue: Issue, lines: bytes, tasks: Counter[str]) -> None:
        """Takes an issue with the lines it gives, and how many of them each task made."""
        self.record(with_tasks(self._row(issue.raw, issue), tasks), lines)

    def rejected(self, raw: RawIssue, stage: str, reason: str, issue: Issue | None) -> None:
        """Takes an issue that gives no line, as far as it was read.

        One that could not be fetched stays as it was, if it ever was: better an older version than none.
        """
        if raw.failed:
            with self.reading():
                if self.dataset.store.row(raw.site, raw.id):
                    return
        self.record(replace(self._row(raw, issue), stage=stage, reason=reason), b"")

    def opened(self) -> None:
        for name in ("scrapy.core.scraper", "scrapy.utils.signal", Recording.of(self.crawler).name):
            logging.getLogger(name).addFilter(_in_one_line)
        Recording.of(self.crawler).dataset = self.dataset
        self._clock.start(self._seconds, now=False)

    def commit(self) -> None:
        """Makes what is settled durable; where that fails, stops the crawl, and what was committed stays whole."""
        if self._broken:
            return
        try:
            self.dataset.commit()
        except Exception as error:
            self._fail("What was crawled cannot be written", error)
        else:
            self.crawler.signals.send_catch_log(signal=committed)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Stops the crawl where the store breaks under a step; the issue is not settled, and no reject either."""
        try:
            yield
        except SQLAlchemyError as error:
            self._fail("The store cannot be read", error)
            raise Unchanged("the store broke") from error

    def closed(self) -> None:
        if self._clock.running:
            self._clock.stop()
        self.commit()
        if self._broken:
            return
        try:
            if lost := unmended(self.dataset.store):
                Recording.of(self.crawler).fault(lost)
            if not self.dataset.shared:  # for what all workers wrote, whoever merges it does
                self.dataset.judge()
            self.dataset.compact()
            if not self.dataset.shared:
                self.dataset.write_rejects()
        except Exception as error:
            self._fail("The feeds could not be put in order", error)

    def _fail(self, what: str, error: Exception) -> None:
        """Ends the crawl with a sentence; a fault that is not the disk's or the database's is ours, and is traced."""
        if self._broken:
            return
        self._broken = True
        if not isinstance(error, (OSError, SQLAlchemyError, Refused)):
            logger.exception(what)
        said = str(getattr(error, "orig", None) or error).splitlines()[0].rstrip(".")
        Recording.of(self.crawler).stop(f"{what}: {masked(said, self.crawler.settings['STORE_URL'])}.")

    def _row(self, raw: RawIssue, issue: Issue | None) -> Row:
        return row(raw, Recording.of(self.crawler).run, issue)

    def record(self, row: Row, lines: bytes) -> None:
        """Takes an issue's row and its lines into the batch, and commits the batch when it is large enough."""
        self.dataset.record(row, lines)
        if len(self.dataset) >= self.size or self.dataset.size >= LARGE:
            self.commit()


def _in_one_line(record: logging.LogRecord) -> bool:
    """Lets a store that breaks be said in one line: where in the program it was met helps nobody."""
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if isinstance(error, SQLAlchemyError):
        record.msg, record.args = f"The store cannot be read: {getattr(error, 'orig', None) or error}", None
        record.exc_info = record.exc_text = None
    return True


def with_tasks(row: Row, tasks: Counter[str]) -> Row:
    """Notes how many examples an issue gives for each task."""
    text = ",".join(f"{name}={n}" for name, n in sorted(tasks.items()))
    return replace(row, examples=tasks.total(), tasks=text)


def row(raw: RawIssue, run: int, issue: Issue | None) -> Row:
    """Puts together what the store keeps of an issue; one that could not be read has its payload and little else."""
    number = raw.id if raw.id.isdigit() and len(raw.id) < 19 else "0"
    return Row(
        site=raw.site,
        id=raw.id or f"{UNREADABLE}{digest(raw.payload)}",
        number=int(number),
        walk=raw.project,
        project=issue.project if issue else raw.project,
        key=issue.key if issue else raw.key,
        base_url=raw.base_url,
        dialect=raw.dialect,
        created=int(issue.created.timestamp() * 1000) if issue else 0,
        updated=int(issue.updated.timestamp() * 1000) if issue else 0,
        fetched_at=int(raw.fetched_at.timestamp() * 1000),
        run=run,
        version=issue.version if issue else "",
        content=issue.content if issue else "",
        sketch=issue.sketch if issue else b"",
        cut=",".join(raw.cut),
        payload=raw.payload,
    )
