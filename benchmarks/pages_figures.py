"""What benchmarks.pages measured, in figures, tables and plain sentences."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.pages_memory import FAMILIES, Memory

BROWSER, PLAIN = "browser", "plain"
WARM, SPAN = 50, 100  # pages before memory is looked at, and for how many it is
FLAT = 1.25  # memory that grows by no more is flat


@dataclass(frozen=True, slots=True)
class Plan:
    """`issues` is pages of a crawl, `long` those of the long one (0: there is none), `latency` seconds an answer."""

    issues: int = 150
    long: int = 500
    seed: int = 1
    latency: float = 0.0
    at_once: tuple[int, ...] = (1, 4, 8)
    long_at_once: int = 4


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl: pages a second while it was steady, and megabytes at most by family.

    `cores` says how many were used by all that ran; `grown` is the memory of the first pages after warm-up and of
    the last ones, `counts` what the browser's download handler counted.
    """

    way: str
    at_once: int
    rate: float
    requests: int
    cores: float | None
    kind: str
    peaks: dict[str, float | None]
    grown: dict[str, tuple[float, float]]
    counts: dict[str, int]

    @property
    def really(self) -> int:
        """How many browser pages were open at once."""
        return self.counts.get("page_count/max_concurrent", 0)


@dataclass(slots=True)
class Figures:
    plan: Plan
    runs: list[Run] = field(default_factory=list)
    long: Run | None = None

    def against_plain(self, run: Run) -> float | None:
        """Divides a rate by that of plain requests with as many at once."""
        return next(
            (run.rate / each.rate for each in self.runs if (each.way, each.at_once) == (PLAIN, run.at_once)), None
        )


def grown(memory: Memory, fetched: Sequence[int]) -> dict[str, tuple[float, float]]:
    """Gives the median memory while the first pages after warm-up came, and while the last did; {} for a short crawl.

    `fetched` is when each issue came, in epoch ms.
    """
    ordered = [moment / 1000 for moment in sorted(fetched)]
    if len(ordered) < WARM + 2 * SPAN:
        return {}
    spans = (ordered[WARM], ordered[WARM + SPAN]), (ordered[-SPAN], ordered[-1])
    found = {family: [memory.typical(family, *span) for span in spans] for family in FAMILIES}
    return {family: (first, last) for family, (first, last) in found.items() if first and last}


def show(figures: Figures, console: Console) -> None:
    """Prints the rates and the memory, and whether it stays flat."""
    console.print(_rates(figures))
    if figures.long and figures.long.grown:
        console.print(_growth(figures.long, figures.plan.long))
    for sentence in verdicts(figures):
        console.print(sentence, soft_wrap=True)


def verdicts(figures: Figures) -> Iterator[str]:
    """Says in plain sentences whether the limits held, contexts were closed and memory stayed."""
    for run in figures.runs:
        if run.way == BROWSER and run.really != run.at_once:
            yield f"{run.at_once} browser pages at once were to be open, and {run.really} were."
    if long := figures.long:
        pages, closed, contexts, open_ = (
            long.counts.get(name, 0)
            for name in ("page_count", "page_count/closed", "context_count", "context_count/max_concurrent")
        )
        yield f"The long crawl opened {pages} pages, closed {closed}; of {contexts} contexts {open_} were open at most."
        if long.grown:
            most = max(last / first for first, last in long.grown.values())
            yield f"Aim: memory grows by no more than × {FLAT}. {'Met' if most <= FLAT else 'Missed'}: × {most:.2f}."


def _rates(figures: Figures) -> Table:
    plan = figures.plan
    table = _table(
        f"{plan.issues:,} issue pages, {1000 * plan.latency:.0f} ms an answer",
        ("at\nonce", "pages\n/s", "× of\nplain", "re-\nquests", "cores", *(f"{family}\nMB" for family in FAMILIES)),
    )
    for run in figures.runs:
        share = figures.against_plain(run)
        table.add_row(
            run.way,
            str(run.at_once),
            f"{run.rate:,.1f}",
            "" if share is None or run.way == PLAIN else f"{share:.2f}",
            str(run.requests),
            _number(run.cores, 1),
            *(_number(run.peaks[family] or None, 0) for family in FAMILIES),
        )
    table.caption = (
        "one round; pages/s and cores are of the steady part, without start-up and the end; requests are those of the "
        f"crawl: pages, panels, search.\ncores: what all on the machine used, of {os.cpu_count()}. MB: peak "
        f"{figures.runs[0].kind if figures.runs else ''} of the crawl's process, of Playwright's driver (Node) and of "
        "all Chromium processes."
    )
    return table


def _growth(run: Run, pages: int) -> Table:
    headings = (f"pages {WARM + 1}\nto {WARM + SPAN}, MB", f"the last\n{SPAN}, MB", "×", "peak\nMB")
    table = _table(f"Memory over {pages:,} browser pages, {run.at_once} at once", headings)
    for family, (first, last) in run.grown.items():
        table.add_row(family, f"{first:.0f}", f"{last:.0f}", f"{last / first:.2f}", _number(run.peaks[family], 0))
    table.caption = f"medians of {run.kind}; {run.rate:.1f} pages/s"
    return table


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title, box=box.SIMPLE, collapse_padding=True, pad_edge=False)
    table.add_column("", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
