"""What a crawl can tell of itself at any moment and counts nowhere: how much waits, is left, is free, is proved."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.core.downloader import Downloader

from jira_crawler.crawl.session import Session
from jira_crawler.exceptions import Refused
from jira_crawler.extensions.stats import observe
from jira_crawler.frontier.protocol import FrontierLost
from jira_crawler.middlewares.pace import Pace
from jira_crawler.recording import Recording
from jira_crawler.scheduling import committed, committing

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class Readings:
    """Called when somebody asks for the metrics; between two calls it times answers and commits.

    Its keys are those of `serve.metrics`. It is a reader: the stats, and so the report, stay as they are. Whoever makes
    one keeps it, because signals do not.
    """

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        self._began: float | None = None  # when the commit that is under way was begun
        crawler.signals.connect(self.answered, signal=signals.response_received)
        crawler.signals.connect(self.committing, signal=committing)
        crawler.signals.connect(self.committed, signal=committed)

    def answered(self, response: Response) -> None:
        if (seconds := response.meta.get("download_latency")) is not None:
            observe(self.crawler.stats, "downloader/response_seconds", seconds)

    def committing(self) -> None:
        self._began = time.monotonic() if len(Recording.of(self.crawler).dataset) else None

    def committed(self) -> None:
        """Counts a commit, unless there was nothing to commit."""
        if self._began is not None:
            self.crawler.stats.inc_value("commits/made")
            observe(self.crawler.stats, "commits/seconds", time.monotonic() - self._began)
            self._began = None

    def __call__(self) -> dict[str, float]:
        return dict(self._readings())

    def _readings(self) -> Iterator[tuple[str, float]]:
        recording = Recording.of(self.crawler)
        yield f"crawl/{getattr(self.crawler.spider, 'name', '')}/{recording.origin}", 1
        yield "issues/listed", recording.state.listed
        yield "findings", len(recording.findings.sentences)
        for project, n in recording.counted.items():
            yield f"issues/counted/{project}", n
        yield "commits/waiting", len(recording.dataset)
        with suppress(OSError):  # the folder may have been taken away: then nobody knows
            yield "disk/free", shutil.disk_usage(recording.dataset.folder).free
        yield from self._proofs(getattr(self.crawler.spider, "session", None))
        yield from self._waiting()

    def _proofs(self, session: object) -> Iterator[tuple[str, float]]:
        if not isinstance(session, Session):
            return
        for part, n in session.truncated.copy().items():  # which a thread of a live crawl may add to
            yield f"cut/{part}", n
        for project, proof in session.certificates.copy().items():
            if proof.counted is not None and proof.held is not None:
                yield f"proof_gap/{project}", proof.counted - proof.held
            for finding, n in (proof.verified or {}).items():
                yield f"verified_ids/{project}/{finding}", n

    def _waiting(self) -> Iterator[tuple[str, float]]:
        frontier: Any = getattr(self.crawler.spider, "frontier", None)  # a replay asks nothing
        if frontier:
            with suppress(FrontierLost):  # which the crawl itself is about to say
                yield "queue/waiting", frontier.waiting()
        engine = self.crawler.engine
        scraper = getattr(engine, "scraper", None)
        if scraper and scraper.slot:
            yield "refine/bytes", scraper.slot.active_size
        if engine and isinstance(engine.downloader, Downloader):
            yield "queue/under_way", len(engine.downloader.active)
        pace = self.crawler.get_downloader_middleware(Pace)
        with suppress(Refused):
            if pace and (left := pace.permits.left()) is not None:
                yield "budget/left", left
                yield "budget/limit", pace.limit
