"""Feeds made again from the store, with one process, with two and with as many as there are cores, as a ratio.

python -m benchmarks.replay [--quick] [--issues N] [--rounds N] [--json PATH]
"""

from __future__ import annotations

import os
import platform
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.processes import SCRAPY, Spent, sandbox, spend, unwind_on_terminate

SEED = 1
AIM = 1.8  # times as many issues a second with two processes


def main() -> int:
    unwind_on_terminate()
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 issues, one round")
    parser.add_argument("--issues", type=int, default=0, help="how many issues (5,000)")
    parser.add_argument("--rounds", type=int, default=0, help="rounds of all numbers of processes (3)")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    issues = options.issues or (1_000 if options.quick else 5_000)
    rounds = options.rounds or (1 if options.quick else 3)
    spent: dict[int, list[Spent]] = {n: [] for n in (1, 2, os.cpu_count() or 1)}
    with TemporaryDirectory() as name:
        home = Path(name)
        with sandbox(issues, SEED) as url:
            arguments = ["-a", "projects=DEMO,TOOLS", "-a", f"site={url}", "-s", f"OUTPUT_DIR={home / 'output'}"]
            spend([*SCRAPY, "crawl", "jira", *arguments], home / "crawl.log")
        for _ in range(rounds):
            for number, runs in spent.items():
                runs.append(replayed(home, number))
    show(issues, spent)
    if options.json:
        figures = {"python": platform.python_version(), "cores": os.cpu_count(), "issues": issues}
        runs_of = {str(number): [asdict(each) for each in runs] for number, runs in spent.items()}
        options.json.write_bytes(orjson.dumps(figures | {"processes": runs_of}))
    return 0


def replayed(home: Path, processes: int) -> Spent:
    """Removes the feeds and lets a replay make all of them again."""
    for feed in (home / "output").glob("[A-Z]*.jsonl"):
        feed.unlink()
    settings = ["-s", f"OUTPUT_DIR={home / 'output'}", "-s", f"REFINE_PROCESSES={processes}"]
    return spend([*SCRAPY, "crawl", "replay", *settings], home / "replay.log")


def times(spent: dict[int, list[Spent]], processes: int) -> float:
    """Divides the issues a second by those of one process of the same round; the median of the rounds."""
    return median(one.wall / more.wall for one, more in zip(spent[1], spent[processes], strict=True))


def verdict(spent: dict[int, list[Spent]]) -> str:
    """Says whether the second process brings what it is to bring."""
    ratio = times(spent, 2)
    met = "Met" if ratio >= AIM else "Missed"
    return f"Aim: two processes replay at least {AIM} times as fast as one. {met}: {ratio:.2f}."


def show(issues: int, spent: dict[int, list[Spent]]) -> None:
    """Prints a row for each number of processes: memory is that of the one that reads the store, and of a worker."""
    table = Table(title=f"replay of {issues:,} issues, start-up included")
    for heading in ("processes", "wall s", "issues/s", "÷ one process", "CPU s", "peak MB", "worker's MB"):
        table.add_column(heading, justify="right")
    for processes, runs in spent.items():
        wall, cpu = median(each.wall for each in runs), median(each.cpu for each in runs)
        own, worker = (median(getattr(each, name) for each in runs) for name in ("megabytes", "workers_megabytes"))
        figures = f"{wall:.2f}", f"{issues / wall:,.0f}", f"{times(spent, processes):.2f}", f"{cpu:.2f}", f"{own:.0f}"
        table.add_row(str(processes), *figures, f"{worker:.0f}" if worker else "")
    rounds = len(spent[1])
    table.caption = f"medians of {rounds} rounds" if rounds > 1 else "one round"
    console = Console(highlight=False)
    console.print(table)
    console.print(verdict(spent), soft_wrap=True)


if __name__ == "__main__":
    raise SystemExit(main())
