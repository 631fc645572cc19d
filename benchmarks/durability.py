"""What survives being killed, and what it costs to be able to.

python -m benchmarks.durability [--quick] [--kills N] [--seed S] [--only PART …] [--json PATH]

kills: a crawl is killed at random moments, with and without JOBDIR, and then let go to its end; what it left is
compared with what an undisturbed crawl left. cost: the same crawl with a frontier on disk, with one in memory, and
with all its commits put off to the end, in turn. size: what an issue takes up in store and feed. large: a hundred
thousand issues against twenty thousand.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.processes import SCRAPY, Spent, environment, sandbox, spend, tail, unwind_on_terminate
from fake_jira import running

PROJECTS = "DEMO,TOOLS"
AIM = 1.15  # times as long as without JOBDIR, at most
PUT_OFF = ("COMMIT_ISSUES=1000000", "COMMIT_SECONDS=3600")
SMALL = ("SLICE_ISSUES=60", "COMMIT_ISSUES=10")
LATENCY = 0.08  # seconds an answer, so that a crawl of a hundred issues lasts


@dataclass(slots=True)
class Figures:
    """Everything measured, ready to be shown and written down."""

    tables: list[Table] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def table(self, title: str, *headings: str) -> Table:
        made = Table(title=title, box=box.MARKDOWN, title_justify="left")
        for place, heading in enumerate(headings):
            made.add_column(heading, justify="right" if place else "left")
        self.tables.append(made)
        return made


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    console, figures = Console(stderr=True, highlight=False), Figures()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        for name in options.only or PARTS:
            try:
                PARTS[name](options, Path(folder), figures, console)
            except RuntimeError as error:
                figures.faults.append(f"{name}: {error}")
    out = Console(highlight=False)
    for table in figures.tables:
        out.print(table, "")
    for fault in figures.faults:
        print(f"benchmarks.durability: {fault}", file=sys.stderr)
    if options.json:
        options.json.write_text(json.dumps(figures.numbers, indent=2) + "\n")
    return bool(figures.faults)


def command(url: str, home: Path, settings: tuple[str, ...], jobdir: bool) -> list[str]:
    chosen = [f"OUTPUT_DIR={home / 'output'}", f"STATE_DIR={home / 'state'}", *settings]
    chosen += [f"JOBDIR={home / 'job'}"] if jobdir else []
    spider = ["crawl", "jira", "-a", f"projects={PROJECTS}", "-a", f"site={url}"]
    return [*SCRAPY, *spider, *(part for each in chosen for part in ("-s", each))]


# --- kills


def kills(options: Any, folder: Path, figures: Figures, console: Console) -> None:
    """Kills a crawl once or twice, lets it go to its end, and compares; so many times with JOBDIR and without."""
    chance = random.Random(options.seed)
    table = figures.table(
        "kills", "frontier", "kills", "crawls", "issues", "lost lines", "doubled lines", "other lines"
    )
    with running(issues=100, page_cap=10, seed=5, latency=LATENCY) as site:
        began = time.monotonic()
        calm = finished(site.url, folder / "calm", False)
        seconds = time.monotonic() - began
        for name, jobdir in (("on disk", True), ("in memory", False)):
            total: Counter[str] = Counter()
            while total["kills"] < options.kills:
                home = folder / "killed"
                for _ in range(chance.choice((1, 1, 2, 3))):
                    total["kills"] += killed(command(site.url, home, SMALL, jobdir), chance.uniform(0, seconds), home)
                total.update(difference(finished(site.url, home, jobdir), calm) | {"crawls": 1})
                shutil.rmtree(home)
                console.print(f"{name}: {total['kills']} kills, {total['lost']} lost, {total['doubled']} doubled")
            wrong = [total[each] for each in ("lost", "doubled", "other")]
            table.add_row(name, str(total["kills"]), str(total["crawls"]), "100", *map(str, wrong))
            figures.numbers[f"kills, {name}"] = dict(total)
            if any(wrong):
                figures.faults.append(
                    f"killed crawls with the frontier {name} left other feeds than an undisturbed one"
                )


def killed(arguments: list[str], seconds: float, home: Path) -> bool:
    """Starts a crawl and kills it after a while; False if it was faster."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(arguments, env=environment(), stdout=log, stderr=log)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.kill()
        return process.wait() < 0


def finished(url: str, home: Path, jobdir: bool, settings: tuple[str, ...] = SMALL) -> dict[str, Counter[bytes]]:
    """Runs a crawl to its end, which must be a complete one, and gives how often each line is in each feed."""
    home.mkdir(parents=True, exist_ok=True)
    spend(command(url, home, settings, jobdir), home / "log")
    return written(home)


def written(home: Path) -> dict[str, Counter[bytes]]:
    """Gives how often each line is in each feed that a crawl left."""
    return {path.name: Counter(path.read_bytes().splitlines()) for path in (home / "output").glob("*.jsonl")}


def difference(mine: dict[str, Counter[bytes]], calm: dict[str, Counter[bytes]]) -> dict[str, int]:
    found = {"lost": 0, "doubled": 0, "other": 0}
    for name in mine.keys() | calm.keys():
        here, there = mine.get(name, Counter()), calm.get(name, Counter())
        found["lost"] += len(there.keys() - here.keys())
        found["other"] += len(here.keys() - there.keys())
        found["doubled"] += sum(count - there[line] for line, count in here.items() if count > there[line] > 0)
    return found


# --- cost


JOBS: dict[str, tuple[tuple[str, ...], bool]] = {
    "frontier on disk": ((), True),
    "frontier in memory": ((), False),
    "in memory, commits put off": (PUT_OFF, False),
}


def cost(options: Any, folder: Path, figures: Figures, console: Console) -> None:
    """Runs the jobs in turn, so that what else the machine does falls on all of them alike."""
    issues, rounds = (1_000, 1) if options.quick else (5_000, 3)
    spent: dict[str, list[Spent]] = {job: [] for job in JOBS}
    with sandbox(issues, options.seed) as url:
        crawl(url, issues, folder / "warm", (), False)
        for turn in range(rounds):
            for job, (settings, jobdir) in JOBS.items():
                spent[job].append(crawl(url, issues, folder / "cost", settings, jobdir))
                console.print(f"round {turn + 1}: {job}: {spent[job][-1].wall:.1f} s")
    table = figures.table(f"cost, {issues:,} issues", "job", "wall s", "issues/s", "CPU s", "peak MB", "wall × memory")
    base = spent["frontier in memory"]
    for job, runs in spent.items():
        wall, ratio = (
            median(each.wall for each in runs),
            median(a.wall / b.wall for a, b in zip(runs, base, strict=True)),
        )
        others = f"{median(each.cpu for each in runs):.1f}", f"{median(each.megabytes for each in runs):.0f}"
        table.add_row(job, f"{wall:.1f}", f"{issues / wall:.0f}", *others, f"{ratio:.2f}")
        figures.numbers[f"cost, {job}"] = {"walls": [each.wall for each in runs], "ratio": ratio}
    disk = figures.numbers["cost, frontier on disk"]["ratio"]
    table.caption = f"aim: a frontier on disk takes at most × {AIM}: {'met' if disk <= AIM else 'missed'}"


def crawl(url: str, issues: int, home: Path, settings: tuple[str, ...], jobdir: bool, keep: bool = False) -> Spent:
    """Runs a whole crawl into an empty folder, and takes its figures only if it listed every issue."""
    home.mkdir(parents=True, exist_ok=True)
    spent = spend(command(url, home, settings, jobdir), home / "log")
    listed = json.loads((home / "output" / "report.json").read_bytes())["listed"]
    if listed != issues:
        raise RuntimeError(f"A crawl listed {listed:,} of {issues:,} issues:\n{tail(home / 'log')}")
    if not keep:
        shutil.rmtree(home)
    return spent


# --- size and large


def size(options: Any, folder: Path, figures: Figures, console: Console) -> None:
    """Weighs what a whole crawl with a frontier on disk leaves."""
    issues, home = 1_000 if options.quick else 5_000, folder / "size"
    with sandbox(issues, options.seed) as url:
        crawl(url, issues, home, (), True, keep=True)
    weights = {
        "store": weigh(home / "output", "store.sqlite*"),
        "feeds": weigh(home / "output", "*.jsonl"),
        "frontier, finished": weigh(home / "job", "*"),
    }
    table = figures.table(f"size, {issues:,} issues", "what", "MB", "kB per issue")
    for what, weight in weights.items():
        table.add_row(what, f"{weight / 1e6:.1f}", f"{weight / 1e3 / issues:.1f}")
        figures.numbers[f"size, {what}"] = weight / issues
    shutil.rmtree(home)


def weigh(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file())


def large(options: Any, folder: Path, figures: Figures, console: Console) -> None:
    """Crawls two sizes with JOBDIR: time and memory should grow no faster than the number of issues."""
    if options.quick:
        return
    table = figures.table("large, frontier on disk", "issues", "wall s", "issues/s", "CPU s", "peak MB")
    for issues in (20_000, 100_000):
        console.print(f"making up {issues:,} issues …")
        with sandbox(issues, options.seed) as url:
            spent = crawl(url, issues, folder / "large", (), True)
        console.print(f"{issues:,} issues: {spent.wall:.0f} s, {spent.megabytes:.0f} MB")
        wall, rate = f"{spent.wall:.0f}", f"{issues / spent.wall:.0f}"
        table.add_row(f"{issues:,}", wall, rate, f"{spent.cpu:.0f}", f"{spent.megabytes:.0f}")
        figures.numbers[f"large, {issues}"] = {"wall": spent.wall, "cpu": spent.cpu, "megabytes": spent.megabytes}


PARTS: dict[str, Callable[[Any, Path, Figures, Console], None]] = {
    "cost": cost,
    "size": size,
    "kills": kills,
    "large": large,
}


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.durability", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="six kills, 1,000 issues, one round, nothing large")
    usual = 6 if "--quick" in sys.argv else 30
    parser.add_argument("--kills", type=int, default=usual, help="with JOBDIR, and as many without (30)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes up the same issues and moments (1)")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be given more than once")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the figures to a file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
