"""`scrapy metrics`: how long pull requests take and how large they are, out of the tables, on some engine."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import Silent, ends_when_told
from jira_crawler.commands.export import REFUSED
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.metrics.choice import ENGINES
from jira_crawler.metrics.readings import METRICS
from jira_crawler.sentences import masked

if TYPE_CHECKING:
    from jira_crawler.metrics.run import Result


class Command(Silent, ScrapyCommand):
    """Status 0: the figures are there; 2: nothing could be done, and no file is another than before."""

    uses = ("OUTPUT_DIR", "METRICS_URL", "SPARK_REMOTE")

    def syntax(self) -> str:
        return "[--engine NAME] [--as-of DAY] [--only NAMES] [--tables FOLDER_OR_URL]"

    def short_desc(self) -> str:
        return "Compute how long pull requests take, what labels they have and how large they are"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        what = parser.add_argument_group("What to compute, and where")
        what.add_argument("--engine", default="duckdb", metavar="NAME", help=f"{', '.join(ENGINES)} (duckdb)")
        what.add_argument(
            "--as-of", default="", metavar="DAY", help="as at the end of this day in UTC, 2026-03-31 (the last fetched)"
        )
        what.add_argument("--only", default="", metavar="NAMES", help=f"some of {', '.join(METRICS)}")
        what.add_argument(
            "--tables",
            default="",
            metavar="FOLDER_OR_URL",
            help="where the tables are (OUTPUT_DIR/tables); a URL is Spark's",
        )

    def run(self, args: list[str], opts: Namespace) -> None:
        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        ends_when_told()  # so that nothing half-made stays
        output = Path(self.settings["OUTPUT_DIR"])
        postgres, spark = self.settings["METRICS_URL"], self.settings["SPARK_REMOTE"]
        try:
            if args:
                raise BadArgument(f"scrapy metrics takes switches only, not {args[0]!r}.")
            wanted, day = _metrics(opts.only), _day(opts.as_of)
            from jira_crawler.metrics.choice import require
            from jira_crawler.metrics.engine import Where

            require(opts.engine)
            from jira_crawler.metrics.run import run

            where = Where(opts.tables or str(output / "tables"), postgres, spark)
            result = run(opts.engine, where, output, wanted, day)
        except (Refused, OSError) as error:
            print(f"scrapy metrics: {masked(error, postgres, spark)}", file=sys.stderr)
            self.exitcode = REFUSED
            return
        _show(result, output / "metrics")


def _metrics(names: str) -> list[str]:
    """Reads which metrics are wanted, in their own order; without a name all are."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in METRICS]:
        raise BadArgument(f"There is no metric {unknown[0]!r}: {', '.join(METRICS)}.")
    return [name for name in METRICS if name in wanted or not wanted]


def _day(text: str) -> date | None:
    try:
        if text and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadArgument(f"--as-of is a day such as 2026-03-31, and not {text!r}.") from None


def _show(result: Result, folder: Path) -> None:
    from rich.console import Console

    from jira_crawler.metrics.showing import notes, shown

    width = None if sys.stdout.isatty() else 120  # what is read later need not fit a screen
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
    for each in shown(result.rows):
        console.print(each, soft_wrap=isinstance(each, str))
    for each in notes(result.rows):
        console.print(each, soft_wrap=True)
    console.print(f"As at the end of {result.as_of} in UTC. All figures are in {folder}.", soft_wrap=True)
