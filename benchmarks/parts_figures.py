"""What benchmarks.parts measured, as one table."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table

# In the order of travel. The first is everything before the item pipelines, the last everything behind them.
PARTS = ("read page", "Validate", "Clean", "Redact", "Score", "Deduplicate", "lines", "store commit")


@dataclass(slots=True)
class Clock:
    """Adds up the seconds of CPU and of wall clock that each part took."""

    cpu: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    wall: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))

    @contextmanager
    def on(self, part: str) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu[part] += time.process_time() - cpu
        self.wall[part] += time.perf_counter() - wall


@dataclass(slots=True)
class Figures:
    """What was measured: one clock a round, over so many issues in so many bytes of JSON."""

    issues: int
    size: int
    clocks: list[Clock]

    def micros(self, part: str, kind: str = "cpu") -> float:
        """Gives the median microseconds that an issue costs."""
        return float(median(getattr(clock, kind)[part] for clock in self.clocks)) / self.issues * 1e6


def show(figures: Figures, console: Console) -> None:
    """Prints one row a part: what an issue costs there, and how much of the whole that is."""
    title = f"From page to feed: {figures.issues:,} issues, {figures.size / 1e6:.1f} MB of JSON, one core"
    table = Table(title=title, box=box.SIMPLE)
    table.add_column("part")
    for heading in ("CPU µs per issue", "share", "MB/s of JSON", "wall µs per issue"):
        table.add_column(heading, justify="right")
    whole = sum(figures.micros(part) for part in PARTS)
    for part in PARTS:
        table.add_row(part, *_row(figures, figures.micros(part), whole, figures.micros(part, "wall")))
    table.add_section()
    table.add_row("together", *_row(figures, whole, whole, sum(figures.micros(part, "wall") for part in PARTS)))
    rounds = len(figures.clocks)
    table.caption = f"medians of {rounds} rounds" if rounds > 1 else "one round"
    console.print(table)


def _row(figures: Figures, cpu: float, whole: float, wall: float) -> tuple[str, ...]:
    each = figures.size / figures.issues  # bytes an issue: bytes per microsecond are MB per second
    return f"{cpu:,.0f}", f"{cpu / whole:.0%}", f"{each / cpu:,.1f}", f"{wall:,.0f}"


def as_json(figures: Figures) -> dict[str, object]:
    """Gives the seconds of every round."""
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "issues": figures.issues,
        "bytes": figures.size,
        "rounds": [{"cpu": clock.cpu, "wall": clock.wall} for clock in figures.clocks],
    }
