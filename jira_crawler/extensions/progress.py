"""Shows how far a crawl is: a bar on a terminal, a plain line now and then in a log."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from scrapy import signals
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.log import get_scrapy_root_handler

from jira_crawler.recording import Recording

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class Progress:
    """Reads the crawl's own counts; listed issues against what the tracker counted at the beginning."""

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        self.bar: Bar | None = None
        self._seconds = crawler.settings.getfloat("PROGRESS_SECONDS")
        self._line = create_looping_call(self.line)
        self._draw = create_looping_call(self.draw)
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        return cls(crawler)

    def opened(self) -> None:
        if not sys.stderr.isatty() or self.crawler.settings["LOG_FILE"]:
            self._line.start(self._seconds, now=False)
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self.bar.start()
        self.task = self.bar.add_task("asking", total=None)
        self._stream(sys.stderr)  # which the bar has replaced, so that log lines pass above it
        self._draw.start(0.5, now=False)

    def closed(self) -> None:
        for clock in (self._line, self._draw):
            if clock.running:
                clock.stop()
        if self.bar:
            self.bar.stop()
            self._stream(sys.stderr)

    def line(self) -> None:
        stats = self.crawler.stats
        listed, total = self._counts()
        written = stats.get_value("issues/written", 0)
        logger.info(
            "%d of %s issues listed, %d written, %d requests, %.0f s waited",
            listed,
            total or "?",
            written,
            stats.get_value("pace/sent", 0),
            stats.get_value("pace/waited_seconds", 0),
        )

    def draw(self) -> None:
        if self.bar:
            listed, total = self._counts()
            self.bar.update(self.task, description="issues", completed=listed, total=total or None)

    def _counts(self) -> tuple[int, int]:
        recording = Recording.of(self.crawler)
        return recording.state.listed, sum(recording.counted.values())

    @staticmethod
    def _stream(stream: object) -> None:
        handler = get_scrapy_root_handler()
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.setStream(stream)
