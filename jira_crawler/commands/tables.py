"""`scrapy tables`: what OUTPUT_DIR's store holds, as Parquet that every engine reads."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import Silent, ends_when_told
from jira_crawler.commands.export import REFUSED, sentence
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.settings import secret

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from jira_crawler.engines.months import MonthsByEngine
    from jira_crawler.tables.update import Updated

WRONG = 1


class Command(Silent, ScrapyCommand):
    """Status 0: the tables are as the store, or as their manifest says; 1: they are not; 2: nothing could be done."""

    uses = (
        *("OUTPUT_DIR", "STORE_URL", "TABLES_REDACT", "TABLES_PROCESSES", "TABLES_URL"),
        *("ENGINE", "ENGINE_FOLDER", "RAY_ADDRESS", "SPARK_MASTER", "SPARK_REMOTE"),
    )

    def syntax(self) -> str:
        return "[--rebuild [--engine local|ray|spark]] [--check [FOLDER]]"

    def short_desc(self) -> str:
        return "Write what the store holds as tables, or check a copy of them"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--rebuild", action="store_true", help="make all months from the store again")
        what.add_argument(
            "--check", nargs="?", const="", metavar="FOLDER", help="hold tables against their manifest, also a copy"
        )
        parser.add_argument("--engine", default="", metavar="local|ray|spark", help="who makes all months (ENGINE)")

    def process_options(self, args: list[str], opts: Namespace) -> None:
        if opts.engine:
            opts.set = [*opts.set, f"ENGINE={opts.engine}"]
        super().process_options(args, opts)
        if opts.engine and not opts.rebuild:
            self.refuse("--engine goes with --rebuild: what changed since the last time is written here.")

    def run(self, args: list[str], opts: Namespace) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        ends_when_told()  # so that nothing half-made stays
        try:
            if args:
                raise BadArgument(f"scrapy tables takes switches only, not {args[0]!r}.")
            if opts.check is not None:
                self.exitcode = WRONG if _check(Path(opts.check or self._folder)) else 0
            else:
                self._update(rebuild=opts.rebuild)
        except (Refused, OSError, SQLAlchemyError) as error:
            print(f"scrapy tables: {sentence(error, self.settings['STORE_URL'])}", file=sys.stderr)
            self.exitcode = REFUSED

    @property
    def _folder(self) -> Path:
        assert self.settings  # noqa: S101
        return Path(self.settings["OUTPUT_DIR"]) / "tables"

    def _update(self, *, rebuild: bool) -> None:
        from jira_crawler.tables.run import bring_up

        assert self.settings  # noqa: S101
        elsewhere = _elsewhere(self.settings) if rebuild and self.settings["ENGINE"] else None
        result = bring_up(
            Path(self.settings["OUTPUT_DIR"]),
            self.settings["STORE_URL"],
            redacted=self.settings.getbool("TABLES_REDACT"),
            processes=self.settings.getint("TABLES_PROCESSES"),
            rebuild=rebuild,
            elsewhere=elsewhere,
            to=self.settings["TABLES_URL"],
            environment=secret,
        )
        if elsewhere:
            result.notes.append(elsewhere.note)
        _show(result, self._folder)


def _elsewhere(settings: BaseSettings) -> MonthsByEngine:
    """Gives what has months made by the engine of ENGINE; raises Refused where it or the store cannot be had."""
    from jira_crawler.engines import choice, sources
    from jira_crawler.engines.engine import Where
    from jira_crawler.engines.month_job import PLACE
    from jira_crawler.engines.months import MonthsByEngine
    from jira_crawler.engines.shards import address
    from jira_crawler.refine.pool import processes

    name, output, url = settings["ENGINE"], Path(settings["OUTPUT_DIR"]), settings["STORE_URL"]
    choice.require(name)
    sources.share(url)
    where = Where.from_settings(settings, processes(settings.getint("TABLES_PROCESSES")))
    return MonthsByEngine(
        lambda: choice.opened(name, where),
        name,
        sources.address_of(output, url),
        lambda store: address(settings["ENGINE_FOLDER"], output, store + PLACE),
    )


def _check(folder: Path) -> bool:
    """Says of every file that is not as the manifest says what is wrong; tells whether there is one."""
    from jira_crawler.tables.check import check

    wrong, files, rows = check(folder)
    for said in wrong:
        print(said)
    if not wrong:
        print(f"{folder} is whole: {files:,} files, {rows:,} rows.")
    return bool(wrong)


def _show(result: Updated, folder: Path) -> None:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    for note in result.notes:
        console.print(note, soft_wrap=True)
    table = Table()
    for heading in ("table", "rows"):
        table.add_column(heading, justify="left" if heading == "table" else "right")
    for name, rows in result.rows.items():
        table.add_row(name, f"{rows:,}")
    console.print(table)
    told = f"{result.months:,} months, {result.files:,} files, {result.bytes:,} bytes" if result.files else "nothing"
    console.print(f"Written: {told}. The tables are in {folder}.", soft_wrap=True)
