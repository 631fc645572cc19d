"""Feeds made again from the store, with one process and with as many as there are cores: issues a second, as a ratio.

python -m benchmarks.replay [--quick] [--issues N] [--json PATH]
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.processes import SCRAPY, Spent, sandbox, spend, unwind_on_terminate

SEED = 1


def main() -> int:
    unwind_on_terminate()
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 issues")
    parser.add_argument("--issues", type=int, default=0, help="how many issues (5,000)")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    issues = options.issues or (1_000 if options.quick else 5_000)
    cores = os.cpu_count() or 1
    with TemporaryDirectory() as name:
        home = Path(name)
        with sandbox(issues, SEED) as url:
            arguments = ["-a", "projects=DEMO,TOOLS", "-a", f"site={url}", "-s", f"OUTPUT_DIR={home / 'output'}"]
            spend([*SCRAPY, "crawl", "jira", *arguments], home / "crawl.log")
        spent = {n: replayed(home, n) for n in dict.fromkeys((1, 2, cores))}
    show(issues, spent)
    if options.json:
        options.json.write_bytes(orjson.dumps({str(n): issues / each.wall for n, each in spent.items()}))
    return 0


def replayed(home: Path, processes: int) -> Spent:
    """Removes the feeds and lets a replay make all of them again."""
    for feed in (home / "output").glob("[A-Z]*.jsonl"):
        feed.unlink()
    settings = ["-s", f"OUTPUT_DIR={home / 'output'}", "-s", f"REFINE_PROCESSES={processes}"]
    return spend([*SCRAPY, "crawl", "replay", *settings], home / "replay.log")


def show(issues: int, spent: dict[int, Spent]) -> None:
    """Prints a row for each number of processes; memory is that of the process that reads the store."""
    table = Table(title=f"replay of {issues:,} issues, start-up included")
    for heading in ("processes", "wall s", "issues/s", "÷ one process", "peak MB"):
        table.add_column(heading, justify="right")
    for processes, each in spent.items():
        rate, ratio = issues / each.wall, spent[1].wall / each.wall
        table.add_row(str(processes), f"{each.wall:.2f}", f"{rate:,.0f}", f"{ratio:.2f}", f"{each.megabytes:.0f}")
    Console().print(table)


if __name__ == "__main__":
    raise SystemExit(main())
