"""Issue pages a second, and what they hold in memory: with 1, 4 and 8 browser pages at once, and by plain requests.

python -m benchmarks.pages [--quick] [--issues N] [--long N] [--seed S] [--latency S] [--set NAME=VALUE] [--json PATH]

An embedded Jira serves pages whose comments come by a script that must run, and the same issues on pages that hold
theirs in a script, which can be read without a browser. A long crawl then says whether memory stays what it was. The
site answers at once unless --latency says otherwise: what is measured is the machine.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from sqlalchemy import create_engine, select

from benchmarks.fleet_cpu import MACHINE, Samples
from benchmarks.fleet_figures import steady
from benchmarks.pages_figures import BROWSER, PLAIN, Figures, Plan, Run, grown, show
from benchmarks.pages_memory import FAMILIES, Memory
from benchmarks.processes import ROOT, SCRAPY, environment, tail, unwind_on_terminate
from jira_crawler.store.tables import issues

COMMENTS = {BROWSER: "browser", PLAIN: "script"}  # how the pages bring them
MODES = {BROWSER: "always", PLAIN: "never"}
LONGEST = 150.0  # seconds that one crawl may take
LOOK = 0.25  # seconds between two looks at the memory
GRACE = 10.0  # seconds that a crawl has to close its browser
COUNT = re.compile(r"'playwright/((?:page|context)_count(?:/\w+)?)': (\d+)")


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    plan = Plan(options.issues, options.long, options.seed, options.latency)
    figures, status = Figures(plan), 0
    try:
        with TemporaryDirectory(prefix="benchmark-") as folder:
            measure(figures, Path(folder), tuple(options.set), Console(stderr=True, highlight=False))
    except RuntimeError as error:
        print(f"benchmarks.pages: {error}", file=sys.stderr)
        status = 1  # what was measured until then is shown
    show(figures, Console(highlight=False))
    if options.json:
        about = {"python": platform.python_version(), "cores": os.cpu_count()}
        options.json.write_text(json.dumps(about | asdict(figures), indent=2) + "\n")
    return status


def measure(figures: Figures, folder: Path, settings: tuple[str, ...], console: Console) -> None:
    """Crawls the pages both ways, with so many at once each, and the browser's once more for long."""
    plan = figures.plan
    for way in (PLAIN, BROWSER):
        with sandbox(plan, plan.issues, way) as site:
            for at_once in plan.at_once:
                figures.runs.append(crawl(site, way, at_once, plan.issues, folder, settings))
                console.print(f"{way}, {at_once} at once: {figures.runs[-1].rate:.1f} pages/s")
    if plan.long:
        with sandbox(plan, plan.long, BROWSER) as site:
            figures.long = crawl(site, BROWSER, plan.long_at_once, plan.long, folder, settings)


@contextmanager
def sandbox(plan: Plan, number: int, way: str) -> Iterator[str]:
    """Serves made-up issues in a process of its own, and gives its address."""
    chosen: dict[str, object] = {"--port": 0, "--issues": number, "--seed": plan.seed, "--latency": plan.latency}
    chosen |= {"--page-comments": COMMENTS[way]}
    command = [*SCRAPY, "sandbox", *(str(part) for pair in chosen.items() for part in pair)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        sentence = process.stdout.readline() if process.stdout else ""
        if " at http://" not in sentence:
            raise RuntimeError(f"The sandbox did not begin to serve: {sentence.strip() or 'it said nothing'}")
        yield sentence.rsplit(" ", 1)[1].strip()
    finally:
        process.terminate()
        process.communicate()


def crawl(site: str, way: str, at_once: int, number: int, folder: Path, settings: tuple[str, ...]) -> Run:
    """Reads all pages into an empty folder; raises RuntimeError if it is slow, or anything is missing."""
    home = folder / "crawl"
    home.mkdir()
    limits = {"CONCURRENT_REQUESTS": at_once, "CONCURRENT_REQUESTS_PER_DOMAIN": at_once, "STATS_DUMP": 1}
    limits["REFINE_PROCESSES"] = 1  # what refines beside it would be taken for its browser
    chosen = {"OUTPUT_DIR": home / "output", "STATE_DIR": home / "state"} | limits
    pairs = [f"{name}={value}" for name, value in chosen.items()] + list(settings)
    what = (f"site={site}", "projects=DEMO,TOOLS", f"browser={MODES[way]}")
    command = [*SCRAPY, "crawl", "jira_pages", *_each("-a", what), *_each("-s", pairs)]
    memory, samples = watched(command, home / "log")
    report = json.loads((home / "output" / "report.json").read_bytes())
    fetched = _fetched(home / "output" / "store.sqlite")
    if len(fetched) != number or not report["complete"]:
        raise RuntimeError(f"A crawl stored {len(fetched):,} of {number:,} issues:\n{tail(home / 'log')}")
    begin, end, rate = steady(fetched)
    peaks = {family: memory.peak(family) for family in FAMILIES}
    cores = samples.share(MACHINE, begin, end)
    counts = counted((home / "log").read_text(errors="replace"))
    shutil.rmtree(home)
    return Run(way, at_once, rate, report["requests"], cores, memory.kind, peaks, grown(memory, fetched), counts)


def watched(command: list[str], log: Path) -> tuple[Memory, Samples]:
    """Runs a crawl to its end, and looks meanwhile at its memory and at the CPUs; one that hangs is ended."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=out, stderr=out)
    memory, samples = Memory(process.pid), Samples({})
    end = time.monotonic() + LONGEST
    try:
        while process.poll() is None:
            if time.monotonic() > end:
                raise RuntimeError(f"A crawl took more than {LONGEST:.0f} s:\n{tail(log)}")
            memory.take()
            samples.take()
            time.sleep(LOOK)
    finally:
        _end(process)
    if process.returncode:
        raise RuntimeError(f"A crawl ended with status {process.returncode}:\n{tail(log)}")
    return memory, samples


def _end(process: subprocess.Popen[bytes]) -> None:
    """Lets a crawl that still runs close its browser; the driver of one that is killed sees it, and does."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def counted(log: str) -> dict[str, int]:
    """Reads from a log how many pages and contexts were opened, closed, and open at once."""
    return {name: int(number) for name, number in COUNT.findall(log)}


def _fetched(store: Path) -> list[int]:
    """Reads from a store when each issue came, in epoch ms."""
    engine = create_engine(f"sqlite:///{store}")
    with engine.connect() as connection:
        found = list(connection.execute(select(issues.c.fetched_at)).scalars())
    engine.dispose()
    return found


def _each(switch: str, values: tuple[str, ...] | list[str]) -> list[str]:
    return [part for value in values for part in (switch, value)]


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.pages", description=(__doc__ or "").split("\n", 1)[0])
    usual = Plan(issues=40, long=0) if "--quick" in sys.argv else Plan()
    parser.add_argument("--quick", action="store_true", help="40 pages, and no long crawl")
    parser.add_argument("--issues", type=int, default=usual.issues, help="pages of a crawl (150)")
    parser.add_argument("--long", type=int, default=usual.long, help="pages of the long crawl (500), 0 for none")
    parser.add_argument("--seed", type=int, default=usual.seed, help="the same seed makes up the same issues (1)")
    parser.add_argument("--latency", type=float, default=usual.latency, help="seconds before each answer (0)")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of all crawls")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write every single run to a file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
