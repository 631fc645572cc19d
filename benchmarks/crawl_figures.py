"""What benchmarks.crawl measured, in figures, tables and plain sentences."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.processes import Spent

FLOOR, SCRAPE, FULL = "floor", "scrape only", "full"
JOBS = (FLOOR, SCRAPE, FULL)
AIM = 300  # issues a second on one core of work
FLAT = 1.25  # the most that peak memory may grow between the two sizes and still be called flat


@dataclass(slots=True)
class Plan:
    """What to run: `sizes` are two numbers of issues, the smaller first; `settings` go to both crawls as `-s` does."""

    sizes: tuple[int, int] = (2_000, 20_000)
    rounds: int = 3
    seed: int = 1
    settings: tuple[str, ...] = ()


@dataclass(slots=True)
class Figures:
    """Everything measured: a list of rounds for each (job, size)."""

    plan: Plan
    pages: dict[int, int] = field(default_factory=dict)
    megabytes: dict[int, float] = field(default_factory=dict)
    spent: dict[tuple[str, int], list[Spent]] = field(default_factory=dict)

    def typical(self, job: str, size: int, name: str) -> float:
        """Gives the median over the rounds of `wall`, `cpu` or `megabytes`."""
        return float(median(getattr(each, name) for each in self.spent[job, size]))

    def marginal(self, job: str, name: str) -> list[float]:
        """Gives, round by round, the seconds that a thousand issues add beyond the smaller size."""
        small, large = self.plan.sizes
        pairs = zip(self.spent[job, small], self.spent[job, large], strict=True)
        return [1000 * (getattr(b, name) - getattr(a, name)) / (large - small) for a, b in pairs]

    def against(self, job: str, other: str) -> float:
        """Gives the median, over the rounds, of one job's marginal CPU time divided by another's of that round."""
        return median(a / b for a, b in zip(self.marginal(job, "cpu"), self.marginal(other, "cpu"), strict=True))

    def growth(self, job: str) -> float:
        """Divides the peak memory at the larger size by that at the smaller."""
        small, large = self.plan.sizes
        return self.typical(job, large, "megabytes") / self.typical(job, small, "megabytes")


def show(figures: Figures, console: Console) -> None:
    """Prints what each run used, then what an issue adds, then whether the aim is met."""
    console.print(_runs(figures))
    console.print(_margins(figures))
    for sentence in verdicts(figures):
        console.print(sentence, soft_wrap=True)


def verdicts(figures: Figures) -> Iterator[str]:
    """Compares with the aim, in plain sentences."""
    small, large = figures.plan.sizes
    rate = large / figures.typical(FULL, large, "cpu")
    yield (
        f"Aim: the full job at {AIM} issues a second or more on one core of work. "
        f"{'Met' if rate >= AIM else 'Missed'}: {rate:,.0f} at {large:,} issues, start-up included."
    )
    growth = figures.growth(FULL)
    yield (
        f"Aim: memory flat from {small:,} to {large:,} issues (up to × {FLAT}). "
        f"{'Met' if growth <= FLAT else 'Missed'}: × {growth:.2f}."
    )


def _runs(figures: Figures) -> Table:
    headings = ("issues", "wall s", "issues/s", "CPU s", "CPU s\nper 1,000", "issues\nper CPU s", "peak\nMB")
    table = _table("Whole runs, start-up included", headings)
    for size in figures.plan.sizes:
        for job in JOBS:
            wall, cpu, peak = (figures.typical(job, size, name) for name in ("wall", "cpu", "megabytes"))
            row = f"{wall:.2f}", f"{size / wall:,.0f}", f"{cpu:.2f}", f"{1000 * cpu / size:.2f}", f"{size / cpu:,.0f}"
            table.add_row(job, f"{size:,}", *row, f"{peak:.0f}")
        table.add_section()
    served = (
        f"{size:,} issues are {figures.pages[size]:,} answers, {figures.megabytes[size]:.1f} MB"
        for size in figures.plan.sizes
    )
    table.caption = "\n".join((_repeated(figures.plan), *served))
    return table


def _margins(figures: Figures) -> Table:
    small, large = figures.plan.sizes
    headings = ("issues/s", "CPU s\nper 1,000", "issues\nper CPU s", "CPU ÷\nfloor", "CPU ÷\nfull")
    table = _table(
        f"What an issue adds, from {small:,} to {large:,}: start-up cancels out",
        (*headings, "start-up\nCPU s", "peak MB\n×"),
    )
    for job in JOBS:
        wall, cpu = (median(figures.marginal(job, name)) for name in ("wall", "cpu"))
        ratios = f"{figures.against(job, FLOOR):.1f}", f"{figures.against(job, FULL):.3f}"
        start = figures.typical(job, small, "cpu") - cpu * small / 1000
        row = f"{1000 / wall:,.0f}", f"{cpu:.3f}", f"{1000 / cpu:,.0f}", *ratios, f"{start:.2f}"
        table.add_row(job, *row, f"{figures.growth(job):.2f}")
    table.caption = _repeated(figures.plan)
    return table


def _table(title: str, headings: tuple[str, ...]) -> Table:
    table = Table(title=title, box=box.SIMPLE, collapse_padding=True, pad_edge=False)
    table.add_column("job", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _repeated(plan: Plan) -> str:
    return f"medians of {plan.rounds} rounds" if plan.rounds > 1 else "one round"


def as_json(figures: Figures) -> dict[str, object]:
    """Every single run, so that other questions can be asked of them later."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "plan": asdict(figures.plan),
        "answers": figures.pages,
        "megabytes": figures.megabytes,
        "runs": [
            {"job": job, "issues": size, "round": turn} | asdict(spent)
            for (job, size), rounds in figures.spent.items()
            for turn, spent in enumerate(rounds, 1)
        ],
    }
