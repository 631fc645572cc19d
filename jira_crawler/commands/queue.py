"""`scrapy queue`: what waits, is leased and has failed in a fleet, by project."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from jira_crawler import sites
from jira_crawler.commands.checked import REFUSED, NoCrawl, say
from jira_crawler.commands.enqueue import pairs
from jira_crawler.exceptions import Refused
from jira_crawler.frontier.protocol import FrontierLost

if TYPE_CHECKING:
    from jira_crawler.frontier.overview import Overview

SHOWN = 20  # entries; the others are counted


class Command(NoCrawl, ScrapyCommand):
    """`scrapy queue [-a site=…] [--requeue [PROJECT …]]`"""

    uses = ("REDIS_URL", "REDIS_PATIENCE")

    def syntax(self) -> str:
        return "[options] [PROJECT …]"

    def short_desc(self) -> str:
        return "Show what the workers that share REDIS_URL have to do, or requeue what failed"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-a", dest="given", action="append", default=[], metavar="site=…", help="whose (apache)")
        parser.add_argument("--requeue", action="store_true", help="let what failed be tried again")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for Redis.
        from jira_crawler.frontier.connection import connect, losing_redis
        from jira_crawler.frontier.overview import look, requeue

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        chosen = pairs(opts.given)
        site = chosen.pop("site", "apache")
        if chosen:
            raise UsageError(f"scrapy queue knows site=, not {next(iter(chosen))}=.", print_help=False)
        try:
            server, name = connect(self.settings), sites.find(site).name
            with losing_redis():
                if opts.requeue:
                    print(f"Waiting again: {requeue(server, name, [project.upper() for project in args])} requests")
                overview = look(server, name)
        except (Refused, FrontierLost) as error:
            self.exitcode = REFUSED
            say("queue", str(error))
            return
        show(overview)


def show(overview: Overview) -> None:
    """Prints what a fleet has to do, a line for each project."""
    console = Console(highlight=False, markup=False, emoji=False)
    table = Table(box=box.SIMPLE)
    for heading in ("project", "priority", "waiting", "leased", "failed", ""):
        table.add_column(heading, justify="left" if heading in ("project", "") else "right")
    for project in overview.projects:
        counts = (project.priority, project.waiting, project.leased, project.failed)
        table.add_row(project.name, *(f"{n:,}" for n in counts), project.note)
    console.print(table)
    console.print(f"workers: {', '.join(overview.workers) or 'none'}; lead: {overview.lead or 'none'}", soft_wrap=True)
    if overview.entries:
        some = ", ".join(map(plain, overview.entries[:SHOWN]))
        more = f" and {len(overview.entries) - SHOWN:,} more" if len(overview.entries) > SHOWN else ""
        console.print(f"not taken up yet: {some}{more}", markup=False, soft_wrap=True)
    for entry, why in overview.refused.items():
        console.print(f"refused: {plain(entry)}: {plain(why)}", markup=False, soft_wrap=True)
    for key, why in overview.failures.items():
        console.print(f"failed: {key}: {plain(why)}", markup=False, soft_wrap=True)


def plain(text: str) -> str:
    """Gives the beginning of what somebody wrote, without what a terminal would obey."""
    return "".join(char if char.isprintable() else "?" for char in text[:200])
