"""`scrapy stats`: what the feeds of OUTPUT_DIR hold, as a page to look at."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import Silent
from jira_crawler.commands.export import REFUSED, reading, sentence
from jira_crawler.commands.export_switches import number
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.feeds import files

if TYPE_CHECKING:
    from jira_crawler.exports.statistics import Statistics

_PAGE = b"<!doctype html>"


class Command(Silent, ScrapyCommand):
    """Writes one self-contained HTML page and prints the main numbers."""

    uses = ("OUTPUT_DIR", "STORE_URL")

    def syntax(self) -> str:
        return "[--to PATH] [--min-value V]"

    def short_desc(self) -> str:
        return "Count what the feeds hold, as a page to look at"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--to", default="", metavar="PATH", help="the page to write (OUTPUT_DIR/stats.html)")
        parser.add_argument("--min-value", default="0", metavar="V", help="only examples of at least this value (0)")

    def run(self, args: list[str], opts: Namespace) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        from jira_crawler.exports.page import page
        from jira_crawler.exports.source import Source
        from jira_crawler.exports.statistics import gather

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        folder = Path(self.settings["OUTPUT_DIR"])
        path = Path(opts.to or folder / "stats.html")
        try:
            if args:
                raise BadArgument(f"scrapy stats takes --to PATH and --min-value only, not {args[0]!r}.")
            least = _least(opts.min_value)
            _refuse_others(path, folder)
            with Source(folder, self.settings["STORE_URL"]) as source, reading("Counting", source.size()) as progress:
                found = gather(source, progress, least)
            _write(path, page(found))
        except (Refused, OSError, SQLAlchemyError) as error:
            print(f"scrapy stats: {sentence(error, self.settings['STORE_URL'])}", file=sys.stderr)
            self.exitcode = REFUSED
            return
        _show(found)
        print(f"The page is {path}")


def _least(text: str) -> float:
    least = number("min-value", text, float)
    if not 0 <= least <= 1:
        raise BadArgument("--min-value is a number from 0 to 1.")
    return least


def _refuse_others(path: Path, folder: Path) -> None:
    """Raises BadArgument for a file that is no page, or would be taken for a part of the dataset."""
    page = not path.is_file() or _begins(path).lower() == _PAGE
    ours = path.resolve().parent == folder.resolve() and path.suffix.lower() not in (".html", ".htm")
    if not path.is_dir() and (ours or not page):
        raise BadArgument(f"{path} is not a page that scrapy stats may replace: name another --to, such as stats.html.")


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_PAGE))


def _write(path: Path, text: str) -> None:
    try:
        with files.published(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise BadArgument(f"The page {path} cannot be written: {error.strerror}.") from error


def _show(found: Statistics) -> None:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    table = Table()
    for heading in ("project", "issues", "examples"):
        table.add_column(heading, justify="left" if heading == "project" else "right")
    for project, issues in sorted(found.issues.items()):
        table.add_row(project, f"{issues:,}", f"{found.examples[project]:,}")
    console.print(table)
    tasks = ", ".join(f"{task} {len(each.outputs):,}" for task, each in sorted(found.tasks.items()))
    languages = ", ".join(f"{code or 'none told'} {n:,}" for code, n in found.languages.most_common())
    issues, examples = found.issues.total(), found.examples.total()
    said = f"{examples / issues:.1f} examples and {found.words() / issues:,.0f} words trained on an issue"
    console.print(f"tasks: {tasks}", soft_wrap=True)
    console.print(said, soft_wrap=True)
    console.print(f"languages: {languages}", soft_wrap=True)
    console.print(f"clusters: {found.cluster_sizes().total():,} of {found.issues.total():,} issues", soft_wrap=True)
