"""What benchmarks.fleet measured, in figures, tables and plain sentences."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.fleet_costs import DISK, MEMORY, REDIS, SHARED, STEPS, Costs

ALONE = 0  # workers of a crawl that is no fleet
AIM = 0.8  # of what as many workers could do that do not meet
FIRST, LAST = 0.1, 0.9  # the part of the issues between which a walk is steady


@dataclass(slots=True)
class Plan:
    """`page` is issues a page, `requests` those that a worker has under way at once, `latency` seconds an answer."""

    issues: int = 1_200
    rounds: int = 3
    seed: int = 1
    page: int = 20
    requests: int = 1
    workers: tuple[int, ...] = (1, 2, 4)
    slice: int = 100
    latency: float = 0.2
    operations: int = 2_000


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl: issues a second while it was steady, for how long that was, and the whole of it from its start.

    `cores` says how many were used in the steady part: by each worker on average, by each server, and by others.
    """

    workers: int
    rate: float
    steady: float
    wall: float
    requests: int
    cores: dict[str, float]


@dataclass(slots=True)
class Figures:
    plan: Plan
    runs: dict[int, list[Run]] = field(default_factory=dict)
    costs: Costs = field(default_factory=dict)

    def typical(self, workers: int, name: str) -> float:
        """Gives the median over the rounds of `rate`, `steady`, `wall` or `requests`."""
        return float(median(getattr(run, name) for run in self.runs[workers]))

    def core(self, workers: int, name: str) -> float | None:
        """Gives the median of the cores that somebody used."""
        known = [run.cores[name] for run in self.runs[workers] if name in run.cores]
        return float(median(known)) if known else None

    def against(self, workers: int, other: int) -> float:
        """Gives the median, over the rounds, of one rate divided by another of the same round."""
        return median(a.rate / b.rate for a, b in zip(self.runs[workers], self.runs[other], strict=True))

    def efficiency(self, workers: int) -> float:
        """Divides the rate of so many workers by that of as many which are alone in their fleet."""
        return self.against(workers, 1) / workers


def steady(fetched: Sequence[int]) -> tuple[float, float, float]:
    """Gives when the steady part of a walk began and ended, in epoch seconds, and its issues a second.

    `fetched` is when each issue came, in epoch ms.
    """
    ordered = sorted(fetched)
    first, last = int(FIRST * len(ordered)), int(LAST * len(ordered))
    begin, end = ordered[first] / 1000, ordered[last] / 1000
    if end <= begin:
        raise RuntimeError("All issues came at once: there is no walk to measure.")
    return begin, end, (last - first) / (end - begin)


def show(figures: Figures, console: Console) -> None:
    """Prints how a fleet grows, what a request costs it, and whether the aim is met."""
    if figures.runs:
        console.print(_growth(figures))
    if figures.costs:
        console.print(_leasing(figures))
    for sentence in verdicts(figures):
        console.print(sentence, soft_wrap=True)


def verdicts(figures: Figures) -> Iterator[str]:
    """Compares with the aim, in plain sentences."""
    most = max(figures.runs, default=ALONE)
    if most > 1 and 1 in figures.runs:
        found = figures.efficiency(most)
        met = "Met" if found >= AIM else "Missed"
        yield f"Aim: efficiency of {most} workers at {AIM:.2f} or more. {met}: {found:.2f}."
    if 1 in figures.runs and ALONE in figures.runs:
        yield f"One worker of a fleet walks at × {figures.against(1, ALONE):.2f} of a crawl without Redis, on SQLite."
    if figures.costs:
        own, shared = (sum(figures.costs[step][place] for step in STEPS) for place in (MEMORY, SHARED))
        share = (shared - own) / (1000 * figures.plan.latency + shared)
        yield (
            f"A request costs {shared - own:.2f} ms more in a fleet than in memory: "
            f"{share:.1%} of one that is answered after {1000 * figures.plan.latency:.0f} ms."
        )


def _growth(figures: Figures) -> Table:
    plan = figures.plan
    headings = ("issues\n/s", "effi-\nciency", "steady\ns", "wall\ns")
    cores = {
        "worker": "worker",
        "sandbox": "sand-\nbox",
        "Redis": "Redis",
        "Postgres": "Post-\ngres",
        "others": "others",
    }
    title = f"Workers: {plan.issues:,} issues, {1000 * plan.latency:.0f} ms an answer"
    table = _table(title, (*headings, *cores.values()))
    for workers in figures.runs:
        grown = f"{figures.efficiency(workers):.2f}" if 1 in figures.runs and workers != ALONE else ""
        rate, lasted, wall = (figures.typical(workers, name) for name in ("rate", "steady", "wall"))
        used = ("–" if (each := figures.core(workers, name)) is None else f"{each:.2f}" for name in cores)
        table.add_row(_named(workers), f"{rate:,.0f}", grown, f"{lasted:.1f}", f"{wall:.1f}", *used)
    table.caption = (
        f"{_repeated(plan)}; {plan.page} issues a page, {plan.requests} at a time and worker, "
        f"{plan.slice} issues a slice, refining on; Postgres syncs every commit, Redis its file every second.\n"
        f"issues/s and cores are of the steady part, in which the issues from {FIRST:.0%} to {LAST:.0%} came: without "
        "start-up, proof and merge.\nwall s is the whole, from the start of the processes to the end of the last. "
        f"worker: cores that each used, of {os.cpu_count()}; others: what else ran on the machine."
    )
    return table


def _leasing(figures: Figures) -> Table:
    places = (MEMORY, DISK, SHARED, REDIS)
    table = _table("A request, in ms", places)
    for step in STEPS:
        table.add_row(step, *(f"{figures.costs[step][place]:.3f}" for place in places))
    table.add_section()
    table.add_row("together", *(f"{sum(figures.costs[step][place] for step in STEPS):.3f}" for place in places))
    table.caption = (
        f"medians of {figures.plan.operations:,}; push with fingerprint and JSON, pop with the lease, acknowledge with "
        "commit, permit: may it go now?"
    )
    return table


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title, box=box.SIMPLE, collapse_padding=True, pad_edge=False)
    table.add_column("", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _named(workers: int) -> str:
    if workers == ALONE:
        return "alone"
    return "1 worker" if workers == 1 else f"{workers} workers"


def _repeated(plan: Plan) -> str:
    return f"medians of {plan.rounds} rounds" if plan.rounds > 1 else "one round"


def as_json(figures: Figures) -> dict[str, object]:
    """Every single run, so that other questions can be asked of them later."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "plan": asdict(figures.plan),
        "runs": [asdict(run) for runs in figures.runs.values() for run in runs],
        "efficiency": {
            workers: figures.efficiency(workers) for workers in figures.runs if workers and 1 in figures.runs
        },
        "costs": figures.costs,
    }
