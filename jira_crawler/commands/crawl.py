"""`scrapy crawl`, whose exit status tells whether the crawl is complete."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
from typing import Any

from scrapy.commands.crawl import Command as Crawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from jira_crawler import settings as defaults
from jira_crawler.commands.stopping import Stopping
from jira_crawler.exceptions import Refused
from jira_crawler.extensions.report import Report

COMPLETE, INCOMPLETE, REFUSED = 0, 1, 2
# Scrapy's inventory of itself at the beginning of every run, which hides what the crawl says.
CHATTER = ("scrapy.middleware", "scrapy.crawler", "scrapy.addons", "scrapy.extensions.telnet")
NO_FEEDS = (
    "-o, -O and FEEDS are not for this crawler: it writes its own feeds to OUTPUT_DIR; scrapy export copies them."
)


class Command(Crawl):
    """Scrapy's own, but 0 means complete: 1 says that something is missing, 2 that nothing was begun.

    It is 1 until the report of this very run says that it is complete, however the run comes to its end.
    """

    exitcode = INCOMPLETE

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.output or opts.overwrite_output:
            raise UsageError(NO_FEEDS, print_help=False)
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("Name one spider, such as: scrapy crawl jira -a projects=KAFKA,SPARK", print_help=False)
        assert self.settings and self.crawler_process  # noqa: S101 - Scrapy sets both before it calls
        if wrong := NO_FEEDS if self.settings["FEEDS"] else wrong_number(self.settings):
            self._refuse(wrong)
            return
        if self.settings["LOG_LEVEL"] != "DEBUG":
            for name in CHATTER:
                logging.getLogger(name).setLevel(logging.WARNING)
        try:
            crawler = self._create_crawler(args[0])
        except KeyError:
            raise UsageError(f"There is no spider {args[0]!r}; scrapy list names them.", print_help=False) from None
        running: Any = self.crawler_process.crawl(crawler, **opts.spargs)
        running.add_done_callback(self._ended)
        # What is loaded by now stays; a week of crawling need not look through it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        Stopping(self.crawler_process, crawler, running).listen()
        self.crawler_process.start(install_signal_handlers=False)
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
        say("crawl", sentence)
        self.exitcode = REFUSED


def is_complete(crawler: Crawler) -> bool:
    """Tells whether the report of this run is written and says so; a crawl that did not get so far has none."""
    try:
        report = crawler.get_extension(Report)
    except RuntimeError:
        return False
    return report is not None and report.complete and not getattr(crawler.spider, "faults", [])


def say(command: str, sentence: str) -> None:
    """Tells a person why a command did nothing."""
    print(f"scrapy {command}: {sentence}", file=sys.stderr)


def wrong_number(settings: BaseSettings) -> str:
    """Finds a setting of ours that should be a number and is none, and says so; Scrapy would notice it in mid-start."""
    for name, default in vars(defaults).items():
        if name.isupper() and type(default) in (int, float):
            try:
                float(settings[name])
            except (TypeError, ValueError):
                return f"{name}={settings[name]} is not a number."
    return ""
