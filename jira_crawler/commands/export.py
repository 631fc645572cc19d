"""`scrapy export`: the feeds of OUTPUT_DIR become a dataset with splits and a card."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from scrapy.commands import ScrapyCommand

from jira_crawler.commands import export_engine as engine
from jira_crawler.commands import export_swe as swe
from jira_crawler.commands.checked import Silent, ends_when_told
from jira_crawler.commands.export_switches import layout, listed, number
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked

if TYPE_CHECKING:
    from jira_crawler.exports.options import ExportOptions
    from jira_crawler.exports.result import ExportResult

LEAKING, REFUSED = 1, 2
DIET = ("default",)
WHOLE = (("all",), DIET)  # values of --tasks that name no task and go by themselves


class Command(Silent, ScrapyCommand):
    """Status 0: exported; 1: splits would overlap; 2: nothing could be done. Only with 0 anything is there."""

    uses = ("OUTPUT_DIR", "STORE_URL", "CONTACT", *engine.USES)

    def syntax(self) -> str:
        return "--format alpaca|chat|threads|preference|triplets|text|issues|swe|pairs --to FOLDER_OR_URL [options]"

    def short_desc(self) -> str:
        return "Export the feeds as a dataset with splits and a card"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        what = parser.add_argument_group("What to export")
        what.add_argument("--format", default="", help="alpaca, chat, threads, preference, triplets, …")
        what.add_argument("--assistant", default="maintainers", help="of threads: resolver, maintainers or all")
        what.add_argument("--projects", default="", metavar="KEYS", help="only issues of these projects")
        what.add_argument("--languages", default="", metavar="CODES", help="only issues in these; und: nobody can tell")
        what.add_argument(
            "--tasks", default="", metavar="NAMES", help="only these tasks; default: what is learnable (all)"
        )
        what.add_argument("--min-quality", default="0", metavar="Q", help="only issues of at least this quality (0)")
        what.add_argument("--min-value", default="", metavar="V", help="only of this value (0; default: 0.7, 0.8)")
        what.add_argument("--representatives", action="store_true", help="only one issue of each cluster")
        what.add_argument("--benchmarks", action="store_true", help="also issues that a benchmark tests with")
        what.add_argument("--without-keys", default="", metavar="FILE", help="no issue that this list of keys names")
        what.add_argument(
            "--without-texts", default="", metavar="PATH", help="no issue with 13 words in a row of these"
        )
        swe.add_options(parser)
        how = parser.add_argument_group("How to write it")
        how.add_argument(
            "--to", default="", metavar="FOLDER_OR_URL", help="a folder, or a URL such as s3://bucket/path"
        )
        how.add_argument("--files", default="parquet", help="parquet or jsonl (parquet)")
        how.add_argument("--zstd", action="store_true", help="compress jsonl")
        how.add_argument("--shard-rows", default="1000000", metavar="N", help="most rows in a file (1000000)")
        how.add_argument("--shard-mb", default="500", metavar="N", help="most megabytes of feed in a file (500)")
        how.add_argument("--split-by", default="", help="hash, time or none (hash; of swe and pairs time)")
        how.add_argument(
            "--splits", default="90,5,5", metavar="A,B,C", help="shares of train, validation, test (90,5,5)"
        )
        how.add_argument("--by-task", action="store_true", help="files of each task, for mixtures")
        how.add_argument("--tokenizer", default="", metavar="FILE", help="a tokenizer.json, to count tokens by")
        how.add_argument("--force", action="store_true", help="replace README.md and data of a folder that is not ours")
        engine.add_options(parser)

    def process_options(self, args: list[str], opts: Namespace) -> None:
        if opts.engine:
            opts.set = [*opts.set, f"ENGINE={opts.engine}"]
        super().process_options(args, opts)

    def run(self, args: list[str], opts: Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for Parquet.
        from sqlalchemy.exc import SQLAlchemyError

        from jira_crawler.exports.export import Leaking, export
        from jira_crawler.exports.source import Source

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        ends_when_told()  # so that nothing half-made stays
        folder, store = Path(self.settings["OUTPUT_DIR"]), self.settings["STORE_URL"]
        try:
            if opts.format in swe.FORMATS:
                swe.run(args, opts, folder, store)
                return
            if given := swe.given(opts):
                raise BadArgument(f"{given} goes with --format swe or pairs.")
            order = _export_options(args, opts, self.settings["CONTACT"] or "")
            with (
                Source(folder, store) as source,
                reading("Exporting", order.readings * source.size()) as progress,
                engine.reader(opts, self.settings, source, progress) as reader,
            ):
                result = export(source, order, progress, reader)
            _show(result, reader.note if reader else "")
        except (Refused, OSError, SQLAlchemyError) as error:
            print(f"scrapy export: {sentence(error, store, opts.to, opts.feeds)}", file=sys.stderr)
            self.exitcode = LEAKING if isinstance(error, Leaking) else REFUSED


def _export_options(args: list[str], opts: Namespace, contact: str = "") -> ExportOptions:
    from jira_crawler.exports.benchmarks import grams
    from jira_crawler.exports.options import Choice, ExportOptions
    from jira_crawler.exports.tokens import TokenCounter

    if args:
        raise BadArgument(f"scrapy export takes switches only, not {args[0]!r}.")
    written = layout(opts)
    tasks = listed(opts.tasks)
    if len(tasks) > 1 and any(word in tasks for (word,) in WHOLE):
        raise BadArgument("--tasks is default, all, or names of tasks.")
    return ExportOptions(
        format=opts.format,
        to=opts.to,
        assistant=opts.assistant,
        choice=Choice(
            projects=tuple(key if "/" in key else key.upper() for key in listed(opts.projects)),
            languages=tuple(code.lower() for code in listed(opts.languages)),
            tasks=() if tasks[:1] in WHOLE else tasks,
            diet=tasks == DIET,
            min_quality=number("min-quality", opts.min_quality, float),
            min_value=number("min-value", opts.min_value, float) if opts.min_value else None,
            representatives=opts.representatives,
            benchmarks=opts.benchmarks,
            without=_named(opts.without_keys),
            unlike=grams(Path(opts.without_texts)) if opts.without_texts else None,
        ),
        layout=written,
        split_by=opts.split_by or "hash",
        shares=tuple(number("splits", share, float) for share in listed(opts.splits)),
        force=opts.force,
        by_task=opts.by_task,
        contact=contact,
        tokenizer=TokenCounter(Path(opts.tokenizer)) if opts.tokenizer else None,
    )


def _named(path: str) -> frozenset[str]:
    """The keys of a list; lines without one are told, not refused, as lists that people made have some."""
    from jira_crawler.exports.benchmarks import keys

    if not path:
        return frozenset()
    found = keys(Path(path))
    if found.rubbish:
        print(f"scrapy export: {found.rubbish} lines of {path} name no issue.", file=sys.stderr)
    return found.named


def _show(result: ExportResult, note: str) -> None:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    table = Table()
    for heading in ("split", "rows", "issues", "files"):
        table.add_column(heading, justify="left" if heading == "split" else "right")
    for split, paths in result.files.items():
        table.add_row(split, f"{result.rows[split]:,}", f"{result.issues[split]:,}", f"{len(paths):,}")
    console.print(table)
    for before, passed in zip(result.passed, result.passed[1:], strict=False):
        if before.examples > passed.examples:
            dropped = f"{before.issues - passed.issues:,} issues, {before.examples - passed.examples:,} examples"
            console.print(f"left out by {passed.filter}: {dropped}", soft_wrap=True, markup=False)
    if result.later:
        console.print(f"left out as later than their split may know: {result.later:,} rows", soft_wrap=True)
    if result.overlap:
        console.print(
            f"{result.groups:,} groups, the largest of {result.largest:,} issues; in more than one split: "
            f"{result.overlap.groups} groups, {result.overlap.inputs} inputs",
            soft_wrap=True,
        )
    total, issues = result.words.total(), max(1, result.issues.total())
    if total:
        said = f"{result.taught.total() / issues:.1f} examples and {total / issues:,.0f} words trained on an issue"
        counted = f", {result.tokens.total():,} tokens by {result.counted_by}" if result.counted_by else ""
        console.print(f"{total:,} words trained on{counted}: {said}", soft_wrap=True, markup=False)
    if note:
        console.print(note, soft_wrap=True)
    console.print(f"Exported to {masked(result.options.to)}", soft_wrap=True, markup=False)


def sentence(error: Exception, *urls: str) -> str:
    """Says in one line why feeds and store could not be read or written, without the passwords of their URLs."""
    if isinstance(error, Refused):
        return masked(error, *urls)
    said = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error).strip().splitlines()
    return f"The dataset cannot be read: {masked(next(iter(said), type(error).__name__), *urls).rstrip('.')}."


@contextmanager
def reading(what: str, size: int) -> Iterator[Callable[[int], None]]:
    """Shows on a terminal how many of the bytes to read have been read; elsewhere it keeps quiet."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=size)
        yield lambda read: bar.advance(task, read)
