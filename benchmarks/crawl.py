"""The full job, scraping alone and a bare download of the same pages, side by side in one run.

python -m benchmarks.crawl [--quick] [--rounds N] [--sizes SMALL,LARGE] [--seed S] [--set NAME=VALUE] [--json PATH]

An embedded Jira serves made-up issues over loopback from a process of its own. Jobs are run in turn, round after
round, each in a new process, so that what else the machine does falls on all of them alike; figures are medians.
Two sizes tell what an issue costs from what a process costs to start.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.processes import SCRAPY, Spent, sandbox, spend, tail

PROJECTS = "DEMO,TOOLS"
CONCURRENCY = 8  # what jira_crawler.sites gives a loopback site
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
class Site:
    """An embedded Jira of one size, and the addresses that a crawl of it asks for."""

    url: str
    issues: int
    addresses: Path
    settings: tuple[str, ...] = ()
    pages: int = 0
    megabytes: float = 0.0


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


def main() -> int:
    options = _parser().parse_args()
    plan = Plan(options.sizes, options.rounds, options.seed, tuple(options.set))
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            figures = measure(plan, Path(folder), Console(stderr=True, highlight=False))
    except RuntimeError as error:
        print(f"benchmarks.crawl: {error}", file=sys.stderr)
        return 1
    show(figures, Console(highlight=False))
    if options.json:
        options.json.write_text(json.dumps(as_json(figures), indent=2) + "\n")
    return 0


def measure(plan: Plan, folder: Path, console: Console) -> Figures:
    """Runs every job at every size in every round."""
    figures = Figures(plan, spent={(job, size): [] for job in JOBS for size in plan.sizes})
    runs: dict[str, Callable[[Site, Path], Spent]] = {FLOOR: floor, SCRAPE: scrape_only, FULL: full}
    with ExitStack() as stack:
        sites = []
        for size in plan.sizes:
            console.print(f"making up {size:,} issues …")
            sites.append(explored(stack.enter_context(sandbox(size, plan.seed)), size, plan, folder))
        for turn in range(1, plan.rounds + 1):
            for site in sites:
                for job, run in runs.items():
                    spent = run(site, folder)
                    figures.spent[job, site.issues].append(spent)
                    console.print(f"round {turn}: {job}, {site.issues:,} issues: {spent.wall:.1f} s")
    figures.pages = {site.issues: site.pages for site in sites}
    figures.megabytes = {site.issues: site.megabytes for site in sites}
    return figures


def explored(url: str, issues: int, plan: Plan, folder: Path) -> Site:
    """Crawls a new sandbox once, for the addresses that a crawl asks for; it is warm then, too."""
    site = Site(url, issues, folder / f"addresses-{issues}", plan.settings)
    scrape_only(site, folder)
    with urlopen(f"{url}/sandbox/requests") as answer:
        served = json.load(answer)
    site.addresses.write_text(
        "".join(f"{url}{path}\n" for method, path, status in served if (method, status) == ("GET", 200))
    )
    floor(site, folder)
    return site


# --- the jobs


def floor(site: Site, folder: Path) -> Spent:
    """Downloads the same pages and nothing else."""
    log = folder / "log"
    spent = spend([sys.executable, "-m", "benchmarks.floor", str(site.addresses), str(CONCURRENCY)], log)
    pages, size = map(int, log.read_text().split())
    site.pages, site.megabytes = pages, size / 1e6
    return spent


def scrape_only(site: Site, folder: Path) -> Spent:
    """Walks and completes every issue and drops it there; status 1, because the final proof finds none in the store."""
    return crawl(site, folder, ["-s", "ITEM_PIPELINES={}"], expected=1)


def full(site: Site, folder: Path) -> Spent:
    """Crawls with the settings as they are."""
    return crawl(site, folder, [])


def crawl(site: Site, folder: Path, more: list[str], expected: int = 0) -> Spent:
    """Runs a crawl into an empty folder, and takes its time only if it listed every issue."""
    output = folder / "output"
    settings = ["-s", f"OUTPUT_DIR={output}", "-s", f"STATE_DIR={folder / 'state'}", *more]
    settings += [part for each in site.settings for part in ("-s", each)]
    spider = ["jira", "-a", f"projects={PROJECTS}", "-a", f"site={site.url}"]
    spent = spend([*SCRAPY, "crawl", *spider, *settings], folder / "log", expected)
    report = output / "report.json"
    listed = json.loads(report.read_bytes())["listed"] if report.exists() else 0
    shutil.rmtree(output, ignore_errors=True)
    if listed != site.issues:
        raise RuntimeError(f"A crawl listed {listed:,} of {site.issues:,} issues:\n{tail(folder / 'log')}")
    return spent


# --- what is shown


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
    headings = ("issues", "wall s", "issues/s", "CPU s", "CPU s per\n1,000 issues", "issues per\nCPU s", "peak MB")
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
    headings = ("issues/s", "CPU s per\n1,000 issues", "issues per\nCPU s", "CPU\n÷ floor", "CPU\n÷ full")
    table = _table(
        f"What an issue adds, from {small:,} to {large:,}: start-up cancels out",
        (*headings, "start-up\nCPU s", "peak MB\ngrows ×"),
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


# --- what is chosen


def _parser() -> ArgumentParser:
    quick, usual = Plan((500, 2_000), 1), Plan()
    chosen = quick if "--quick" in sys.argv else usual
    parser = ArgumentParser(prog="python -m benchmarks.crawl", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="500 and 2,000 issues, one round")
    parser.add_argument("--rounds", type=_count, default=chosen.rounds, help=f"rounds of all jobs ({usual.rounds})")
    parser.add_argument("--sizes", type=_sizes, default=chosen.sizes, metavar="SMALL,LARGE", help="2000,20000")
    parser.add_argument("--seed", type=int, default=chosen.seed, help="the same seed makes up the same issues (1)")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of both crawls")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write every single run to a file")
    return parser


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("give a number from 1 on")
    return int(text)


def _sizes(text: str) -> tuple[int, int]:
    small, _, large = text.partition(",")
    if not (_count(small) < _count(large)):
        raise ArgumentTypeError("give two numbers of issues, the smaller first")
    return int(small), int(large)


if __name__ == "__main__":
    sys.exit(main())
