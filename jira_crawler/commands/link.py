"""`scrapy link`: which change fixed which issue, of all that OUTPUT_DIR's store holds."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import Silent, ends_when_told
from jira_crawler.commands.export import REFUSED, sentence
from jira_crawler.exceptions import BadArgument, Refused

if TYPE_CHECKING:
    from jira_crawler.store.linking import Linked

_NAME: Final = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}")


class Command(Silent, ScrapyCommand):
    """Status 0: links, pairs and landings are as the store; 2: nothing could be done."""

    uses = ("OUTPUT_DIR", "STORE_URL")

    def syntax(self) -> str:
        return "[--git FOLDERS] [--former NAMES] [--code] [--rebuild]"

    def short_desc(self) -> str:
        return "Find which change fixed which issue"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        how = parser.add_argument_group("How to link")
        how.add_argument(
            "--git", default="", metavar="FOLDERS", help="clones to read commits of, as FOLDER or owner/name=FOLDER"
        )
        how.add_argument(
            "--former", default="", metavar="NAMES", help="names that repositories had once, as old/name=owner/name"
        )
        how.add_argument("--code", action="store_true", help="what stands in code blocks counts, too")
        how.add_argument("--rebuild", action="store_true", help="read everything again, not only what has changed")

    def run(self, args: list[str], opts: Namespace) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        ends_when_told()  # so that a transaction is given up at once
        try:
            if args:
                raise BadArgument(f"scrapy link takes switches only, not {args[0]!r}.")
            _show(self._link(opts))
        except (Refused, OSError, SQLAlchemyError) as error:
            print(f"scrapy link: {sentence(error, self.settings['STORE_URL'])}", file=sys.stderr)
            self.exitcode = REFUSED

    def _link(self, opts: Namespace) -> Linked:
        from jira_crawler.exports.clone import clones
        from jira_crawler.exports.histories import histories
        from jira_crawler.store.database import connect, existing
        from jira_crawler.store.linking import link
        from jira_crawler.store.store import Store

        assert self.settings  # noqa: S101
        named, former = clones(opts.git), _former(opts.former)
        store = Store(connect(existing(Path(self.settings["OUTPUT_DIR"]), self.settings["STORE_URL"])))
        try:
            if not store.writer.is_shared and not store.home.take():
                raise BadArgument("A crawl is writing to the store: try again when it has ended.")
            came = histories(store, named, anew=opts.rebuild)
            return link(store, came, code=opts.code, anew=opts.rebuild, former=former)
        finally:
            store.close()


def _former(text: str) -> dict[str, str]:
    """Reads `old/name=owner/name,…`."""
    found = {}
    for each in filter(None, (part.strip() for part in text.split(","))):
        old, _, new = each.partition("=")
        if not (_NAME.fullmatch(old) and _NAME.fullmatch(new)):
            raise BadArgument(f"--former is made of old/name=owner/name, and {each[:100]!r} is none.")
        found[old] = new
    return found


def _show(linked: Linked) -> None:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    table = Table()
    for heading in ("grade", "pairs", "landed", "reverted"):
        table.add_column(heading, justify="left" if heading == "grade" else "right")
    for grade in ("A", "B"):
        these = [pair for pair in linked.judged.pairs if pair.grade == grade]
        landed, reverted = sum(bool(each.landed_how) for each in these), sum(bool(each.reverted_by) for each in these)
        table.add_row(grade, f"{len(these):,}", f"{landed:,}", f"{reverted:,}")
    console.print(table)
    how = Counter(each.how or "not landed" for each in linked.judged.landings)
    if how:
        told = ", ".join(f"{name} {count:,}" for name, count in sorted(how.items()))
        console.print(f"Pull requests: {told}.", soft_wrap=True)
    names = {"issue": "issues", "pull": "pull requests", "commit": "commits"}
    known = ", ".join(f"{linked.known.get(what, 0):,} {name}" for what, name in names.items())
    console.print(f"Links: {len(linked.judged.links):,}, from {known}; {linked.read:,} were read anew.", soft_wrap=True)
