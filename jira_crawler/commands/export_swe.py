"""`scrapy export --format swe`: its switches, and what came of it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

from jira_crawler.commands.export_switches import layout, listed, number
from jira_crawler.exceptions import BadArgument
from jira_crawler.sentences import masked

if TYPE_CHECKING:
    from jira_crawler.exports.swe.export import SweOptions, SweResult

FORMAT: Final = "swe"
_OWN: Final = ("git", "grades", "exclude", "hold_out", "with_tests")
_OTHERS: Final = ("languages", "tasks", "representatives")


def add_options(parser: ArgumentParser) -> None:
    own = parser.add_argument_group("Issues and the changes that fixed them (swe)")
    own.add_argument("--git", default="", metavar="FOLDERS", help="clones, as FOLDER or owner/name=FOLDER")
    own.add_argument("--grades", default="", metavar="GRADES", help="A, B or both (A,B)")
    own.add_argument("--exclude", default="", metavar="FILE", help="instance ids that are not to be made, one a line")
    own.add_argument("--hold-out", default="", metavar="NAMES", help="repositories that go to test as a whole")
    own.add_argument("--with-tests", action="store_true", help="only changes that touch tests")


def given(opts: Namespace) -> str:
    """Names a switch that only this format has, if one was given."""
    return next((f"--{name.replace('_', '-')}" for name in _OWN if getattr(opts, name)), "")


def run(args: list[str], opts: Namespace, folder: Path, url: str) -> None:
    """Exports; raises Refused, with one sentence, if that cannot be done."""
    from jira_crawler.exports.swe.export import export
    from jira_crawler.store.database import connect, existing
    from jira_crawler.store.store import Store

    options = _options(args, opts)
    store = Store(connect(existing(folder, url)))
    try:
        _show(export(store, folder, options))
    finally:
        store.close()


def _options(args: list[str], opts: Namespace) -> SweOptions:
    from jira_crawler.exports.clone import clones
    from jira_crawler.exports.groups import SPLITS
    from jira_crawler.exports.swe.export import SweOptions

    if args:
        raise BadArgument(f"scrapy export takes switches only, not {args[0]!r}.")
    if other := next((name for name in _OTHERS if getattr(opts, name)), ""):
        raise BadArgument(f"--{other} does not go with --format swe.")
    shares = tuple(number("splits", share, float) for share in listed(opts.splits))
    if len(shares) != len(SPLITS) or min(shares) < 0 or not 0 < shares[0] <= sum(shares) < 1e9:
        raise BadArgument("--splits is three shares for train, validation and test, such as 90,5,5.")
    return SweOptions(
        to=opts.to,
        clones=clones(opts.git),
        grades=frozenset(grade.upper() for grade in listed(opts.grades)) or frozenset({"A", "B"}),
        projects=frozenset(name.lower() for name in listed(opts.projects)),
        excluded=_excluded(opts.exclude),
        held_out=listed(opts.hold_out),
        needs_tests=opts.with_tests,
        layout=layout(opts),
        split_by=opts.split_by or "time",
        shares=shares,
        force=opts.force,
    )


def _excluded(path: str) -> frozenset[str]:
    """Reads a list of ids, one a line; what follows a comma or a tab is not looked at."""
    if not path:
        return frozenset()
    try:
        lines = Path(path).expanduser().read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadArgument(f"The list of instance ids {path} cannot be read: {why}.") from None
    ids = (line.replace("\t", ",").partition(",")[0].strip().strip('"').lower() for line in lines)
    return frozenset(filter(None, ids))


def _show(result: SweResult) -> None:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    table = Table()
    for heading in ("split", "instances", "files"):
        table.add_column(heading, justify="left" if heading == "split" else "right")
    for split, paths in result.files.items():
        table.add_row(split, f"{result.rows[split]:,}", f"{len(paths):,}")
    console.print(table)
    for why, count in sorted(result.left.items()):
        console.print(f"left out, {why}: {count:,} pairs", soft_wrap=True)
    console.print(f"Exported to {masked(result.options.to)}", soft_wrap=True)
