"""`scrapy enqueue`: gives projects to a fleet of workers."""

from __future__ import annotations

import argparse

import msgspec
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.conf import arglist_to_dict

from jira_crawler.commands.checked import REFUSED, NoCrawl, option, say
from jira_crawler.configuration.kinds import Whole
from jira_crawler.exceptions import Refused
from jira_crawler.frontier import jobs
from jira_crawler.frontier.jobs import Entry
from jira_crawler.frontier.protocol import FrontierLost
from jira_crawler.spiders.arguments import flag


class Command(NoCrawl, ScrapyCommand):
    """`scrapy enqueue KAFKA SPARK [-a site=…] [-a full=true] [-a verify=true] [--priority N]`"""

    uses = ("REDIS_URL", "REDIS_PATIENCE")

    def syntax(self) -> str:
        return "[options] PROJECT …"

    def short_desc(self) -> str:
        return "Give projects to the workers that share REDIS_URL"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        priority = option(Whole(-1_000_000, 1_000_000), int)
        parser.add_argument("--priority", type=priority, default=0, metavar="N", help="the higher, the sooner (0)")
        parser.add_argument(
            "-a", dest="given", action="append", default=[], metavar="NAME=VALUE", help="as for a crawl"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for Redis.
        from jira_crawler.frontier.connection import connect, losing_redis
        from jira_crawler.frontier.fleet import start_key

        if not args:
            raise UsageError("Say which projects: scrapy enqueue KAFKA SPARK", print_help=False)
        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        try:
            entry = _entry(args, opts)
            given = jobs.read(entry)
            with losing_redis():
                connect(self.settings).lpush(start_key("jira"), entry)
        except (Refused, FrontierLost) as error:
            self.exitcode = REFUSED
            say("enqueue", str(error))
            return
        print(f"Given to the workers: {', '.join(job.project for job in given)}")


def pairs(given: list[str]) -> dict[str, str]:
    """Reads NAME=VALUE as `scrapy crawl -a` does; a name alone says nothing."""
    try:
        return arglist_to_dict(given)
    except ValueError:
        raise UsageError("Invalid -a value, use -a NAME=VALUE", print_help=False) from None


def _entry(args: list[str], opts: argparse.Namespace) -> str:
    """Writes what was asked for as one entry of the list of jobs."""
    chosen = pairs(opts.given)
    site, full, verify = (chosen.pop(name, "") for name in ("site", "full", "verify"))
    if chosen:
        raise UsageError(f"A fleet is given site=, full= and verify=, not {next(iter(chosen))}=.", print_help=False)
    verify = verify if verify.lower() == "only" else "true" if flag("verify", verify) else ""
    entry = Entry(",".join(args), site or "apache", opts.priority, flag("full", full), verify.lower())
    return msgspec.json.encode(entry).decode()
