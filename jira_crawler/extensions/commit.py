"""Opens the dataset of a crawl, commits what the pipelines made of each issue, and closes it in good order."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import DropItem
from scrapy.utils.asyncio import create_looping_call
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.extensions.issue_rows import became, row
from jira_crawler.extensions.store_errors import LOGGERS, in_one_line, said
from jira_crawler.feeds import reports
from jira_crawler.feeds.attached import clear
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.feeds.opening import unmended
from jira_crawler.items import RawIssue, ordinal
from jira_crawler.policy import Policy
from jira_crawler.recording import Recording
from jira_crawler.refine.deduplicate import Precedence, contents, in_its_place
from jira_crawler.refine.outcome import Outcome, Refined
from jira_crawler.scheduling import committed, committing
from jira_crawler.store.exclusive_writer import is_lost
from jira_crawler.store.rows import Row

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
LARGE = 16 * 2**20  # bytes that wait for a commit: issues of a usual size never come to so much
FLUSHING = 0.005  # seconds between two looks whether a commit is through
PILE = 8  # times COMMIT_ISSUES that may wait while a commit is written


class Unchanged(DropItem):
    """An issue that goes no further: its row already says what became of it, or it is forgotten. It is no reject."""


class CommitExtension:
    """Commits after every hundred issues or half a second, whichever comes first (COMMIT_ISSUES, COMMIT_SECONDS).

    A crawl that `serves` has others waiting for its loop: while it runs, that waits for no commit.
    """

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        settings = crawler.settings
        self.policy = Policy.of(settings)  # how issues are refined; refuses, before anything is opened, what cannot be
        recording = Recording.of(crawler)
        self.dataset = Dataset(Path(settings["OUTPUT_DIR"]), settings["STORE_URL"], shared=recording.shared)
        self._begin_report(recording)
        recording.dataset = self.dataset
        self.serves = False
        self.size = settings.getint("COMMIT_ISSUES")
        self._clock = create_looping_call(self._tick)
        self.loop: asyncio.AbstractEventLoop | None = None  # in which the crawl runs, once it does
        self._under_way: Future[None] | None = None
        self._compacting: Future[None] | None = None
        self._broken = False
        self._seconds = settings.getfloat("COMMIT_SECONDS")
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.idle, signal=signals.spider_idle)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CommitExtension:
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> CommitExtension:
        """Finds the crawl's own; it is always on, because without it nothing is kept."""
        found = crawler.get_extension(cls)
        if found is None:
            raise RuntimeError("jira_crawler.extensions.commit.CommitExtension must stay in EXTENSIONS")
        return found

    def _begin_report(self, recording: Recording) -> None:
        """Sees to it that no report of an earlier run is taken for this one's; a worker's is its own until the end."""
        if self.dataset.shared:
            recording.report = f"report.{self.dataset.shard}.json"
        path = self.dataset.folder / recording.report
        try:
            reports.begin(path)
        except OSError as error:
            self.dataset.close()
            raise BadArgument(f"{path} cannot be written: {error.strerror}.") from error

    def record_outcome(self, raw: RawIssue, outcome: Outcome) -> None:
        """Takes what became of an issue that came just now.

        One that could not be fetched stays as it was, if it ever was: better an older version than none. One that is
        forgotten goes no further.
        """
        if self.dataset.is_forgotten(raw.site, raw.id):
            raise Unchanged("it is forgotten")
        with self.reading():
            if raw.failed and self.dataset.holds(raw.site, raw.id):
                return
        fresh = row(raw, Recording.of(self.crawler).run, outcome)
        for name, n in became(outcome).items():
            self.crawler.stats.inc_value(name, n)
        self.record(fresh, outcome.lines if isinstance(outcome, Refined) else b"")

    def opened(self) -> None:
        for name in LOGGERS:
            logging.getLogger(name).addFilter(in_one_line)
        self.loop = asyncio.get_running_loop()
        self._clock.start(self._seconds, now=False)

    def idle(self) -> None:
        """Makes what came durable, so that it can be proved; feeds that are being put in order are not waited for."""
        if self.serves:
            self.hurry()
        elif not self.compacting:
            self.commit()

    @property
    def is_broken(self) -> bool:
        """Whether a commit failed, after which there is none any more."""
        return self._broken

    @property
    def is_busy(self) -> bool:
        """Whether something waits to be committed, or is on its way."""
        return bool(len(self.dataset)) or self._under_way is not None

    async def flush(self) -> None:
        """Returns when all that came by now is durable, without holding up the loop; raises Refused if it cannot be."""
        while self.is_busy:
            if self._broken:
                raise Refused("what was crawled cannot be written")
            if not self._under_way:
                self.begin_commit()
            await asyncio.sleep(FLUSHING)

    @property
    def compacting(self) -> bool:
        """Whether feeds are being put in order; nothing is committed meanwhile."""
        return self._compacting is not None and self._compacting is self._under_way

    def commit(self) -> None:
        """Makes what was recorded durable; where that fails, stops the crawl, and what was committed stays whole."""
        if self._under_way:
            self._ended(self._under_way)
        if self._broken:
            return
        self.crawler.signals.send_catch_log(signal=committing)
        try:
            self.dataset.commit()
        except Exception as error:
            self.fail("What was crawled cannot be written", error)
        else:
            self.crawler.signals.send_catch_log(signal=committed)

    def begin_commit(self) -> None:
        """Does the same while the crawl goes on: the disk is waited for in a thread."""
        if self.loop is None or not len(self.dataset):
            self.commit()
        elif not self._broken:
            self.crawler.signals.send_catch_log(signal=committing)
            self._under_way = self.dataset.begin_commit()
            if self._under_way:
                self._under_way.add_done_callback(partial(self._tell, self.loop))

    def hurry(self) -> None:
        """Commits what waits now, unless a commit is under way."""
        if len(self.dataset) and not self._under_way:
            self.begin_commit()

    def begin_compaction(self) -> bool:
        """Puts the feeds in order in a thread, while issues go on to come; tells whether that was possible now."""
        if self.loop is None or self._under_way or self._broken:
            return False
        self._compacting = self._under_way = self.dataset.begin_compaction()
        self._under_way.add_done_callback(partial(self._tell, self.loop))
        return True

    def _tell(self, loop: asyncio.AbstractEventLoop, commit: Future[None]) -> None:
        with suppress(RuntimeError):  # the loop may be closed: then it was waited for
            loop.call_soon_threadsafe(self._ended, commit)

    def _ended(self, commit: Future[None]) -> None:
        """Waits for a commit, unless it was waited for by now, and says that it is durable."""
        if self._under_way is not commit:
            return
        self._under_way = None
        if self.serves and self.crawler.engine:
            self.crawler.engine.unpause()
        try:
            self.dataset.finish_commit()
            commit.result()  # which somebody else may have waited for, who met what it raised
        except Exception as error:
            self.fail("What was crawled cannot be written", error)
        else:
            self.crawler.signals.send_catch_log(signal=committed)

    def _tick(self) -> None:
        if not self._under_way:
            self.begin_commit()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Stops the crawl where the store breaks under a step; the issue is not recorded, and no reject either."""
        try:
            yield
        except SQLAlchemyError as error:
            if self.serves and isinstance(error, DBAPIError) and is_lost(error):
                Recording.of(self.crawler).add_finding(
                    "The store went away, and what came just then is asked for again."
                )
            else:
                self.fail("The store cannot be read", error)
            raise Unchanged("the store broke") from error

    def closed(self) -> None:
        if self._clock.running:
            self._clock.stop()
        self.commit()
        if self._broken:
            return
        try:
            if lost := unmended(self.dataset.store):
                Recording.of(self.crawler).add_finding(lost)
            if not self.dataset.shared:  # for what all workers wrote, whoever merges it does
                self.dataset.judge()
            self.dataset.compact()
            if not self.dataset.shared:
                self.dataset.write_rejects()
                clear(self.dataset)
        except Exception as error:
            self.fail("The feeds could not be put in order", error)

    def fail(self, what: str, error: Exception) -> None:
        """Ends the crawl with a sentence; a fault that is not the disk's or the database's is ours, and is traced."""
        if self._broken:
            return
        self._broken = True
        if not isinstance(error, (OSError, SQLAlchemyError, Refused)):
            logger.exception(what)
        Recording.of(self.crawler).stop(f"{what}: {said(error, self.crawler.settings['STORE_URL'])}.")

    def record(self, row: Row, lines: bytes) -> None:
        """Takes an issue's row and its lines into the batch, and commits the batch when it is large enough."""
        self.dataset.record(row, lines)
        self.commit_if_large()

    def record_batch(self, issues: Sequence[RawIssue], outcomes: Sequence[Outcome]) -> None:
        """Takes what became of issues that came together, and counts it; they are committed together, too.

        Who stays of duplicates is asked for all of them at once.
        """
        run, counts = Recording.of(self.crawler).run, Counter[str]()
        with self.reading():
            first = self.dataset.canonicals(contents(outcomes))
            for raw, refined in zip(issues, outcomes, strict=True):
                if self.dataset.is_forgotten(raw.site, raw.id):
                    continue
                if raw.failed and self.dataset.holds(raw.site, raw.id):
                    continue
                outcome = in_its_place(refined, Precedence(ordinal(raw.id), raw.site), first)
                lines = outcome.lines if isinstance(outcome, Refined) else b""
                kept = outcome.raw if isinstance(outcome, Refined) and outcome.raw else raw
                self.dataset.record(row(kept, run, outcome), lines)
                counts.update(outcome.counts)
                counts.update(became(outcome))
                if lines:
                    counts["issues/written"] += 1
        for name, n in counts.items():
            self.crawler.stats.inc_value(name, n)
        self.commit_if_large()

    def commit_if_large(self) -> None:
        """Commits the batch when it is large enough; while another is being written, only when it is much too large."""
        if len(self.dataset) < self.size and self.dataset.size < LARGE:
            return
        is_pile = len(self.dataset) >= PILE * self.size or self.dataset.size >= LARGE
        if self.serves and self._under_way:
            if is_pile and self.crawler.engine:
                self.crawler.engine.pause()  # until the commit is through: nothing more is asked
        elif not self._under_way or is_pile:
            if self._under_way:
                self._ended(self._under_way)
            self.begin_commit()
