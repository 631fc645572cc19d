"""What benchmarks.crawl measured, in figures and tables."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass, field
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.processes import Spent

FLOOR, SCRAPE = "floor", "scrape only"
WORKERS = "workers_megabytes"


def full_with(processes: int) -> str:
    """Names the full job by the processes that refine."""
    return f"full, {processes} process{'es' if processes > 1 else ''}"


FULL = full_with(1)


def numbers_of_processes() -> tuple[int, ...]:
    """One and two, and four where there are as many cores to use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return (1, 2, 4) if cores >= 4 else (1, 2)


@dataclass(slots=True)
class Plan:
    """What to run: `sizes` are two numbers of issues, the smaller first; `settings` go to all crawls as `-s` does."""

    sizes: tuple[int, int] = (5_000, 40_000)
    rounds: int = 3
    seed: int = 1
    settings: tuple[str, ...] = ()
    processes: tuple[int, ...] = field(default_factory=numbers_of_processes)


@dataclass(slots=True)
class Figures:
    """Everything measured: a list of rounds for each (job, size).

    `peers` are the packages that were measured beside, by their jobs; `differing` the files that came out otherwise
    with another number of processes.
    """

    plan: Plan
    pages: dict[int, int] = field(default_factory=dict)
    megabytes: dict[int, float] = field(default_factory=dict)
    spent: dict[tuple[str, int], list[Spent]] = field(default_factory=dict)
    peers: dict[str, str] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)

    @property
    def jobs(self) -> list[str]:
        """The jobs that were run, in their order."""
        return list(dict.fromkeys(job for job, _ in self.spent))

    def typical(self, job: str, size: int, name: str) -> float:
        """Gives the median over the rounds of `wall`, `cpu`, `megabytes` or `workers_megabytes`."""
        return float(median(getattr(each, name) for each in self.spent[job, size]))

    def each_thousand(self, job: str, size: int) -> float:
        """Gives the CPU seconds of a thousand issues in a whole run."""
        return 1000 * self.typical(job, size, "cpu") / size

    def rate(self, job: str, size: int) -> float:
        """Gives the issues a second of a whole run."""
        return size / self.typical(job, size, "wall")

    def efficiency(self, processes: int, size: int) -> float:
        """Divides the issues a second by so many times those of one process; the median over the rounds."""
        pairs = zip(self.spent[FULL, size], self.spent[full_with(processes), size], strict=True)
        return median(one.wall / more.wall for one, more in pairs) / processes

    def marginal(self, job: str, name: str) -> list[float]:
        """Gives, round by round, the seconds that a thousand issues add beyond the smaller size."""
        small, large = self.plan.sizes
        pairs = zip(self.spent[job, small], self.spent[job, large], strict=True)
        return [1000 * (getattr(b, name) - getattr(a, name)) / (large - small) for a, b in pairs]

    def against(self, job: str, other: str) -> float:
        """Gives the median, over the rounds, of one job's marginal CPU time divided by another's of that round."""
        return median(a / b for a, b in zip(self.marginal(job, "cpu"), self.marginal(other, "cpu"), strict=True))

    def growth(self, job: str, name: str = "megabytes") -> float:
        """Divides the peak memory at the larger size by that at the smaller; 1 where there is none."""
        small, large = (self.typical(job, size, name) for size in self.plan.sizes)
        return large / small if small else 1.0


def show(figures: Figures, console: Console) -> None:
    """Prints what each run used, and what an issue adds."""
    console.print(_runs(figures))
    console.print(_margins(figures))


def _runs(figures: Figures) -> Table:
    headings = ("issues", "wall s", "issues/s", "CPU s", "CPU s\nper 1,000", "peak\nMB", "worker's\nMB")
    table = _table("Whole runs, start-up and all processes included", headings)
    for size in figures.plan.sizes:
        for job in figures.jobs:
            wall, cpu, peak = (figures.typical(job, size, name) for name in ("wall", "cpu", "megabytes"))
            row = (
                f"{wall:.2f}",
                f"{figures.rate(job, size):,.0f}",
                f"{cpu:.2f}",
                f"{figures.each_thousand(job, size):.2f}",
            )
            worker = figures.typical(job, size, WORKERS)
            table.add_row(job, f"{size:,}", *row, f"{peak:.0f}", f"{worker:.0f}" if worker else "")
        table.add_section()
    served = (
        f"{size:,} issues are {figures.pages[size]:,} answers, {figures.megabytes[size]:.1f} MB"
        for size in figures.plan.sizes
    )
    table.caption = "\n".join((_repeated(figures.plan), *served, *figures.peers.values()))
    return table


def _margins(figures: Figures) -> Table:
    small, large = figures.plan.sizes
    headings = (
        "issues/s",
        "CPU s\nper 1,000",
        "CPU ÷\nfloor",
        "CPU ÷\nfull",
        "start-up\nCPU s",
        "MB\n×",
        "worker's\nMB ×",
    )
    table = _table(f"What an issue adds, from {small:,} to {large:,}: start-up cancels out", headings)
    for job in figures.jobs:
        wall, cpu = (median(figures.marginal(job, name)) for name in ("wall", "cpu"))
        ratios = f"{figures.against(job, FLOOR):.1f}", f"{figures.against(job, FULL):.3f}"
        start = figures.typical(job, small, "cpu") - cpu * small / 1000
        worker = f"{figures.growth(job, WORKERS):.2f}" if figures.typical(job, small, WORKERS) else ""
        row = f"{1000 / wall:,.0f}", f"{cpu:.3f}", *ratios, f"{start:.2f}"
        table.add_row(job, *row, f"{figures.growth(job):.2f}", worker)
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
        "peers": figures.peers,
        "differing": figures.differing,
        "runs": [
            {"job": job, "issues": size, "round": turn} | asdict(spent)
            for (job, size), rounds in figures.spent.items()
            for turn, spent in enumerate(rounds, 1)
        ],
    }
