"""`scrapy verify`: lists ids only, and accounts for every difference between the tracker and the dataset."""

from __future__ import annotations

import argparse

from scrapy.exceptions import UsageError

from jira_crawler.commands.crawl import Command as Crawl


class Command(Crawl):
    """A crawl of the spider jira that only verifies: `scrapy verify -a projects=KAFKA [-a site=…]`."""

    def syntax(self) -> str:
        return "[options] -a projects=KEYS"

    def short_desc(self) -> str:
        return "Account for every difference between a tracker and the dataset"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError("Say what to verify with -a projects=KAFKA,SPARK", print_help=False)
        opts.spargs["verify"] = "only"
        super().run(["jira"], opts)
