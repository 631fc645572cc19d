"""Measures how faithfully recorded bodies become Markdown, and fails where too much is lost.

python -m benchmarks.fidelity PATH … [--worst N] [--show N --seed S] [--format FORMAT]
"""

from __future__ import annotations

import random
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.fidelity_bodies import READABLE, recorded
from benchmarks.fidelity_verdict import Verdict, judge

VERBATIM = 0.999  # least share of code that must come out as it went in
LOST = 0.0005  # greatest share of words that may be missing
COLUMNS = ("format", "bodies", "raised", "blocks", "verbatim", "spans", "verbatim", "words", "lost", "residue", "MB/s")


@dataclass(slots=True)
class Sum:
    """All bodies of a format."""

    verdicts: list[Verdict] = field(default_factory=list)

    def of(self, name: str) -> int:
        """Adds up what each verdict counts or lists under a name."""
        values = [getattr(verdict, name) for verdict in self.verdicts]
        return sum(v if isinstance(v, int) else v.total() if isinstance(v, Counter) else len(v) for v in values)

    def verbatim(self, kind: str) -> float:
        """Gives the share of `blocks` or `spans` that came out verbatim."""
        return 1 - self.of(f"lost_{kind}") / max(self.of(kind), 1)

    def lost(self) -> float:
        """Gives the share of words that are missing."""
        return self.of("lost_words") / max(self.of("words"), 1)

    def raised(self) -> int:
        return sum(1 for verdict in self.verdicts if verdict.error)

    def speed(self) -> float:
        """Gives megabytes of source a second, in the converters alone."""
        size = sum(len(verdict.source.encode("utf-8", "replace")) for verdict in self.verdicts)
        return size / 1e6 / max(sum(verdict.seconds for verdict in self.verdicts), 1e-9)

    def faithful(self) -> bool:
        code = min(self.verbatim("blocks"), self.verbatim("spans"))
        return not self.raised() and not self.of("residue") and code >= VERBATIM and self.lost() <= LOST

    def row(self, name: str) -> list[str]:
        blocks, spans, lost = self.verbatim("blocks"), self.verbatim("spans"), self.lost()
        counts = [f"{len(self.verdicts):,}", f"{self.raised():,}"]
        code = [f"{self.of('blocks'):,}", f"{blocks:.3%}", f"{self.of('spans'):,}", f"{spans:.3%}"]
        rest = [f"{self.of('words'):,}", f"{lost:.4%}", f"{self.of('residue'):,}", f"{self.speed():.1f}"]
        return [name, *counts, *code, *rest]


def main() -> int:
    options = _parser().parse_args()
    console = Console(highlight=False, markup=False, width=120)
    sums: dict[str, Sum] = {}
    for each in recorded(options.paths):
        if options.format in ("", each.body.format):
            sums.setdefault(each.body.format, Sum()).verdicts.append(judge(each))
    if not sums:
        console.print(f"No body was found in {', '.join(map(str, options.paths))}.")
        return 2
    console.print(_table(sums))
    verdicts = [verdict for total in sums.values() for verdict in total.verdicts]
    _worst(verdicts, options.worst, console)
    _shown(verdicts, options.show, options.seed, console)
    return 0 if all(total.faithful() for total in sums.values()) else 1


def _table(sums: dict[str, Sum]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, name in enumerate(COLUMNS):
        table.add_column(name, justify="right" if number else "left", no_wrap=True, min_width=len(name))
    for name in sorted(sums):
        table.add_row(*sums[name].row(name))
    return table


def _worst(verdicts: list[Verdict], count: int, console: Console) -> None:
    ranked = sorted(verdicts, key=Verdict.badness, reverse=True)[:count]
    for verdict in (each for each in ranked if each.badness()):
        console.print(f"\n=== {verdict.place} ({verdict.format}) {verdict.error}")
        for title, what in (("lost words", verdict.lost_words), ("residue", verdict.residue)):
            if what:
                console.print(f"{title}: {dict(what)}")
        for code in (*verdict.lost_blocks, *verdict.lost_spans):
            console.print(f"not verbatim: {code[:400]!r}")


def _shown(verdicts: Iterable[Verdict], count: int, seed: int, console: Console) -> None:
    pool = list(verdicts)
    for verdict in random.Random(seed).sample(pool, min(count, len(pool))):
        console.print(f"\n=== {verdict.place} ({verdict.format})\n{verdict.source}\n--- becomes\n{verdict.markdown}")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.fidelity", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=f"file or folder: {', '.join(READABLE)}")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="say what the worst N bodies lost (0)")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N random bodies beside results (0)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed shows the same bodies (1)")
    parser.add_argument("--format", default="", choices=["", "wiki", "html", "adf", "markdown"], help="only this one")
    return parser


if __name__ == "__main__":
    sys.exit(main())
