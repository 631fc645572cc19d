"""`scrapy export --format swe` and `--format pairs`: their switches, and what came of it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table

from jira_crawler.commands.export_switches import layout, listed, number
from jira_crawler.exceptions import BadArgument
from jira_crawler.sentences import masked

if TYPE_CHECKING:
    from jira_crawler.exports.pairs.result import PairsOptions, PairsResult
    from jira_crawler.exports.swe.result import SweOptions, SweResult

SWE, PAIRS = "swe", "pairs"
FORMATS: Final = (SWE, PAIRS)
_OWN: Final = ("git", "grades", "exclude", "hold_out", "with_tests")
_OF_SWE: Final = ("git", "exclude", "with_tests")
_OTHERS: Final = (
    "languages",
    "tasks",
    "representatives",
    "benchmarks",
    "without_keys",
    "without_texts",
    "engine",
    "feeds",
)


def add_options(parser: ArgumentParser) -> None:
    own = parser.add_argument_group("Issues and the changes that fixed them (swe, pairs)")
    own.add_argument("--git", default="", metavar="FOLDERS", help="clones, as FOLDER or owner/name=FOLDER")
    own.add_argument("--grades", default="", metavar="GRADES", help="A, B or both (A,B)")
    own.add_argument("--exclude", default="", metavar="FILE", help="instance ids that are not to be made, one a line")
    own.add_argument("--hold-out", default="", metavar="NAMES", help="repositories that go to test as a whole")
    own.add_argument("--with-tests", action="store_true", help="only changes that touch tests")


def given(opts: Namespace) -> str:
    """Names a switch that only these formats have, if one was given."""
    return _first(opts, _OWN)


def _first(opts: Namespace, names: Iterable[str]) -> str:
    return next((f"--{name.replace('_', '-')}" for name in names if getattr(opts, name)), "")


def run(args: list[str], opts: Namespace, folder: Path, url: str) -> None:
    """Exports; raises Refused, with one sentence, if that cannot be done."""
    from jira_crawler.exports.pairs.export import export as export_pairs
    from jira_crawler.exports.swe.export import export as export_swe
    from jira_crawler.store.database import connect, existing
    from jira_crawler.store.store import Store

    if args:
        raise BadArgument(f"scrapy export takes switches only, not {args[0]!r}.")
    if other := _first(opts, _OTHERS if opts.format == SWE else (*_OTHERS, *_OF_SWE)):
        raise BadArgument(f"{other} does not go with --format {opts.format}.")
    if not opts.to:
        raise BadArgument("Say where to export to: --to FOLDER, or a URL such as s3://bucket/path.")
    told = _options(opts)
    of_swe = _of_swe(opts, told) if opts.format == SWE else None
    store = Store(connect(existing(folder, url)))
    try:
        if of_swe:
            _show(export_swe(store, folder, of_swe))
        else:
            _show(export_pairs(store, folder, _of_pairs(told)))
    finally:
        store.close()


def _options(opts: Namespace) -> dict[str, Any]:
    """Reads what both formats take."""
    from jira_crawler.exports.groups import SPLITS
    from jira_crawler.exports.options import SPLIT_BY

    shares = tuple(number("splits", share, float) for share in listed(opts.splits))
    if len(shares) != len(SPLITS) or min(shares) < 0 or not 0 < shares[0] <= sum(shares) < 1e9:
        raise BadArgument("--splits is three shares for train, validation and test, such as 90,5,5.")
    grades = frozenset(grade.upper() for grade in listed(opts.grades)) or frozenset({"A", "B"})
    if not grades <= {"A", "B"}:
        raise BadArgument("--grades is A, B or both.")
    split_by = opts.split_by or "time"
    if split_by not in SPLIT_BY:
        raise BadArgument(f"--split-by is one of {', '.join(SPLIT_BY)}.")
    return {
        "to": opts.to,
        "grades": grades,
        "projects": frozenset(name.lower() for name in listed(opts.projects)),
        "held_out": listed(opts.hold_out),
        "layout": layout(opts),
        "split_by": split_by,
        "shares": shares,
        "force": opts.force,
    }


def _of_swe(opts: Namespace, told: dict[str, Any]) -> SweOptions:
    from jira_crawler.exports.clone import clones
    from jira_crawler.exports.swe.result import SweOptions

    excluded = _excluded(opts.exclude)
    return SweOptions(clones=clones(opts.git), excluded=excluded, needs_tests=opts.with_tests, **told)


def _of_pairs(told: dict[str, Any]) -> PairsOptions:
    from jira_crawler.exports.pairs.result import PairsOptions

    return PairsOptions(**told)


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


def _show(result: SweResult | PairsResult) -> None:
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    table = Table()
    for heading in ("split", "rows", "files"):
        table.add_column(heading, justify="left" if heading == "split" else "right")
    for split, paths in result.files.items():
        table.add_row(split, f"{result.rows[split]:,}", f"{len(paths):,}")
    console.print(table)
    for why, count in sorted(result.left.items()):
        console.print(f"left out, {why}: {count:,} pairs", soft_wrap=True)
    console.print(f"Exported to {masked(result.options.to)}", soft_wrap=True)
