"""`scrapy merge`: the shards of all workers become one feed a project."""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import Silent, ends_when_told
from jira_crawler.commands.export import sentence
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked

if TYPE_CHECKING:
    from jira_crawler.feeds.merge import Merged
    from jira_crawler.policy import Policy
    from jira_crawler.store.rows import Row
    from jira_crawler.store.store import Store

MISSING, REFUSED = 1, 2
CHUNK = 50  # issues that a process makes again at once


class Command(Silent, ScrapyCommand):
    """Status 0: merged; 1: a shard is missing; 2: nothing could be done. Only with 0 any file is replaced."""

    uses = ("OUTPUT_DIR", "STORE_URL", "MIN_QUALITY", "LANGUAGES", "BOT_COMMENTS", "REDACT_PROJECT_NAMES", "LOG_LINES")

    def syntax(self) -> str:
        return "[--from FOLDER_OR_URL ...] [--to FOLDER_OR_URL] [--remake] [--adopt]"

    def short_desc(self) -> str:
        return "Merge the shards of all workers into one feed a project"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--from",
            dest="sources",
            action="extend",
            nargs="+",
            default=[],
            metavar="FOLDER_OR_URL",
            help="where shards are, such as s3://bucket/path; several may be given (OUTPUT_DIR)",
        )
        parser.add_argument("--to", default="", metavar="FOLDER_OR_URL", help="where the feeds go (OUTPUT_DIR)")
        parser.add_argument(
            "--adopt",
            action="store_true",
            help="merge nothing: OUTPUT_DIR is the folder of the store's feeds from now on",
        )
        parser.add_argument("--remake", action="store_true", help="make lines again whose shard is lost")

    def run(self, args: list[str], opts: Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for the store.
        from sqlalchemy.exc import SQLAlchemyError

        from jira_crawler.feeds.merge import merge
        from jira_crawler.policy import Policy

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        ends_when_told()  # so that nothing half-made stays
        folder = Path(self.settings["OUTPUT_DIR"])
        to = opts.to or str(folder)
        try:
            policy = Policy.of(self.settings)
            if args:
                raise BadArgument(f"scrapy merge takes switches only, not {args[0]!r}.")
            store = _store(folder, self.settings["STORE_URL"])
            try:
                if opts.adopt:
                    _adopt(store, folder)
                    return
                processes = self.settings.getint("REFINE_PROCESSES")
                with remaking(policy, processes) if opts.remake else nullcontext() as remake:
                    merged = merge(store, opts.sources or [folder], to, remake)
            finally:
                store.close()
        except (Refused, OSError, SQLAlchemyError) as error:
            self._fail(sentence(error, self.settings["STORE_URL"], to, *opts.sources), REFUSED)
        else:
            if merged.missing:
                self._fail(merged.sentence, MISSING)
            else:
                _show(merged, to)

    def _fail(self, sentence: str, status: int) -> None:
        print(f"scrapy merge: {sentence}", file=sys.stderr)
        self.exitcode = status


@contextmanager
def remaking(policy: Policy, wanted: int) -> Iterator[Callable[[Sequence[Row]], list[bytes]]]:
    """Gives what makes the lines of issues again from their payloads, as a crawl with this policy does.

    `wanted` is REFINE_PROCESSES.
    """
    from jira_crawler.refine.outcome import Refined
    from jira_crawler.refine.pool import RefinePool, processes

    pool = RefinePool(processes(wanted), policy)

    async def refined(rows: Sequence[Row]) -> list[bytes]:
        issues = [row.raw_issue() for row in rows]
        parts = [issues[at : at + CHUNK] for at in range(0, len(issues), CHUNK)]
        outcomes = [one for part in await asyncio.gather(*map(pool.refine, parts)) for one in part]
        return [one.lines if isinstance(one, Refined) else b"" for one in outcomes]

    with asyncio.Runner() as runner:
        try:
            yield lambda rows: runner.run(refined(rows))
        finally:
            pool.close()


def _adopt(store: Store, folder: Path) -> None:
    """Makes a folder that of the store's feeds; what is not there is made again by the next crawl."""
    from jira_crawler.feeds import locks, opening

    with locks.merging(folder):
        if not store.home.take():
            raise BadArgument(f"Another crawl is writing to the store of {folder}: wait until it has ended.")
        opening.refuse_shards(store)
        opening.adopt(store, folder)
    print(f"The feeds of this store are in {folder} from now on; the next crawl makes again what is not there.")


def _store(folder: Path, url: str) -> Store:
    from jira_crawler.store.database import connect
    from jira_crawler.store.store import Store

    if not url and not (folder / "store.sqlite").is_file():
        raise BadArgument(f"There is no dataset in {folder}: set STORE_URL, as the workers have it.")
    return Store(connect(url or f"sqlite:///{folder / 'store.sqlite'}"))


def _show(merged: Merged, to: str) -> None:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    table = Table()
    for heading in ("project", "issues"):
        table.add_column(heading, justify="left" if heading == "project" else "right")
    for project, issues in merged.issues.items():
        table.add_row(project, f"{issues:,}")
    console.print(table)
    if merged.near_duplicates:
        console.print(f"near duplicates: {', '.join(f'{name} {n:,}' for name, n in merged.near_duplicates.items())}")
    if merged.remade:
        console.print(f"made again from the store: {merged.remade:,} issues")
    console.print(f"Merged into {masked(to)}", soft_wrap=True, markup=False)
