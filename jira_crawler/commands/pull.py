"""`scrapy pull`: examples of OUTPUT_DIR behind a cursor, as `/pull` of a server answers them."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import REFUSED, Silent, option, say
from jira_crawler.configuration.kinds import Number, Whole
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked

STALE: Final = 1
_LONGEST: Final = 86_400  # seconds


class Command(Silent, ScrapyCommand):
    """Status 0: a page is written; 1: only a new beginning helps; 2: nothing could be read."""

    uses = ("OUTPUT_DIR", "STORE_URL")

    def syntax(self) -> str:
        return "[--after CURSOR] [options]"

    def short_desc(self) -> str:
        return "Write examples, then what is new, edited or gone, to whoever trains"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        what = parser.add_argument_group("What to write")
        what.add_argument(
            "--after", default="", metavar="CURSOR", help="the cursor in the last line of the page before"
        )
        quality = option(Number(0, 1), float)
        what.add_argument(
            "--min-quality", default=0.0, type=quality, metavar="Q", help="only of issues of at least this"
        )
        what.add_argument("--tasks", default="", metavar="NAMES", help="only examples of these tasks")
        what.add_argument("--projects", default="", metavar="KEYS", help="only issues of these projects")
        what.add_argument("-n", default=1_000, type=option(Whole(1, 10_000), int), help="most examples (1000)")
        wait = option(Number(0, _LONGEST), float)
        what.add_argument("--wait", default=0.0, type=wait, metavar="S", help="seconds to wait for something new (0)")
        what.add_argument("--consumer", default="", metavar="NAME", help="a name for which changes are kept")

    def run(self, args: list[str], opts: Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for the store.
        from sqlalchemy.exc import SQLAlchemyError

        from jira_crawler.feeds.cursor import StaleCursor

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        try:
            if args:
                raise BadArgument(f"scrapy pull takes switches only, not {args[0]!r}.")
            sys.stdout.buffer.write(self._page(opts))
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # whoever reads has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (Refused, OSError, SQLAlchemyError) as error:
            said = str(getattr(error, "orig", None) or error).splitlines()[0]
            say("pull", masked(said, self.settings["STORE_URL"]))
            self.exitcode = STALE if isinstance(error, StaleCursor) else REFUSED

    def _page(self, opts: Namespace) -> bytes:
        from jira_crawler.feeds.pull import Choice, Pull

        assert self.settings  # noqa: S101
        choice = Choice(min_quality=opts.min_quality, tasks=_listed(opts.tasks), projects=_listed(opts.projects))
        pull = Pull.open(Path(self.settings["OUTPUT_DIR"]), self.settings["STORE_URL"])
        try:
            return pull.waited(opts.after, choice, opts.n, opts.consumer, opts.wait).ndjson()
        finally:
            pull.close()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
