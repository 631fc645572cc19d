"""`scrapy crawl`, whose exit status tells whether the crawl is complete."""

from __future__ import annotations

import argparse
import ctypes
import gc
import logging
import multiprocessing
import os
from typing import TYPE_CHECKING, Any

from scrapy.commands.crawl import Command as Crawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from jira_crawler.commands.checked import REFUSED, Checked, say
from jira_crawler.commands.stopping import Stopping
from jira_crawler.exceptions import Refused
from jira_crawler.middlewares.loading import load_download

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

COMPLETE, INCOMPLETE = 0, 1
# Scrapy's inventory of itself at the beginning of every run, which hides what the crawl says.
CHATTER = ("scrapy.middleware", "scrapy.crawler", "scrapy.addons", "scrapy.extensions.telnet")
# For glibc's mallopt: blocks from so many bytes on are mapped by themselves, free ones at the heap's end are kept, and
# threads share so many heaps.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
LARGE_BLOCK, FREE_END, ARENAS = 2**18, 2**22, 1
NO_FEEDS = "-o, -O and FEEDS are not for this crawler: its feeds are in OUTPUT_DIR, and scrapy export makes others."


class Command(Checked, Crawl):
    """Scrapy's own, but 0 means complete: 1 says that something is missing, 2 that nothing was begun.

    It is 1 until the report of this very run says that it is complete, however the run comes to its end.
    """

    exitcode = INCOMPLETE
    uses = None  # all that there are

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.output or opts.overwrite_output:
            self.refuse(NO_FEEDS)
        super().process_options(args, opts)
        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        if self.settings["FEEDS"]:
            self.refuse(NO_FEEDS)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("Name one spider, such as: scrapy crawl jira -a projects=KAFKA,SPARK", print_help=False)
        assert self.settings and self.crawler_process  # noqa: S101 - Scrapy sets both before it calls
        if self.settings["LOG_LEVEL"] != "DEBUG":
            for name in CHATTER:
                logging.getLogger(name).setLevel(logging.WARNING)
        try:
            crawler = self._create_crawler(args[0])
        except KeyError:
            raise UsageError(f"There is no spider {args[0]!r}; scrapy list names them.", print_help=False) from None
        if getattr(crawler.spidercls, "refines", False) and opts.spargs.get("verify") != "only":
            begin_refining(self.settings)
        running: Any = self.crawler_process.crawl(crawler, **opts.spargs)
        running.add_done_callback(self._ended)
        load_download()
        # What is loaded by now stays: it is not looked through, neither now nor again and again in a week of crawling.
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        gc.enable()
        give_back_large_blocks(ctypes.CDLL(None))
        # What numpy multiplies with begins a thread for each core when it is loaded, and each waits at full speed.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        Stopping(self.crawler_process, crawler, running).listen()
        self.crawler_process.start(install_signal_handlers=False)
        for child in multiprocessing.active_children():  # of a crawl that was broken off: nobody wants what they do
            child.kill()
        if self.exitcode == INCOMPLETE and is_complete(crawler):
            self.exitcode = COMPLETE

    def _ended(self, running: Any) -> None:
        """Shows what stopped a crawl before it began as the one sentence that it is."""
        error = None if running.cancelled() else running.exception()
        if isinstance(error, Refused):
            self._refuse(str(error))
        elif error:
            raise error

    def _refuse(self, sentence: str) -> None:
        say(self.called, sentence)
        self.exitcode = REFUSED


def begin_refining(settings: BaseSettings) -> None:
    """Has what the processes that refine are forked from load on another core, while this one loads the crawl."""
    if settings.getbool("SCRAPE_ONLY") or settings["ENGINE"]:
        return
    from jira_crawler.refine.executor import begin_server  # who only scrapes need not pay for it
    from jira_crawler.refine.pool import processes

    if processes(settings.getint("REFINE_PROCESSES")) > 1:
        begin_server()


def is_complete(crawler: Crawler) -> bool:
    """Tells whether the report of this run is written and says so; a crawl that did not get so far has none."""
    from jira_crawler.extensions.report import Report  # other commands need not pay for it

    try:
        report = crawler.get_extension(Report)
    except RuntimeError:
        return False
    recording = getattr(crawler.spider, "recording", None)  # which may have found something after the report
    return report is not None and report.complete and not (recording and recording.findings)


def give_back_large_blocks(libc: ctypes.CDLL) -> bool:
    """Lets what a huge answer took go back to the system at once; tells whether this C library can be told so.

    By itself, glibc takes the first large block that is freed for the usual size, and puts those that follow into its
    heap, where whatever lives longer keeps them from being given back. Each page is a large one.
    """
    mallopt = getattr(libc, "mallopt", None)  # others have none
    if mallopt is None:
        return False
    options = ((_MMAP_THRESHOLD, LARGE_BLOCK), (_TRIM_THRESHOLD, FREE_END), (_ARENA_MAX, ARENAS))
    return all(mallopt(name, value) for name, value in options)
