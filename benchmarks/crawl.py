"""The full job, scraping alone and a bare download of the same pages, side by side in one run.

python -m benchmarks.crawl [--quick] [--rounds N] [--sizes SMALL,LARGE] [--seed S] [--set NAME=VALUE] [--json PATH]

An embedded Jira serves made-up issues over loopback from a process of its own. Jobs are run in turn, round after
round, each in a new process, so that what else the machine does falls on all of them alike; figures are medians.
Two sizes tell what an issue costs from what a process costs to start.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from rich.console import Console

from benchmarks.crawl_figures import FLOOR, FULL, JOBS, SCRAPE, Figures, Plan, as_json, show
from benchmarks.processes import SCRAPY, Spent, sandbox, spend, tail, unwind_on_terminate

PROJECTS = "DEMO,TOOLS"
CONCURRENCY = 8  # what jira_crawler.sites gives a loopback site


@dataclass(slots=True)
class Site:
    """An embedded Jira of one size, and the addresses that a crawl of it asks for."""

    url: str
    issues: int
    addresses: Path
    settings: tuple[str, ...] = ()
    pages: int = 0
    megabytes: float = 0.0


def main() -> int:
    unwind_on_terminate()
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
    """Walks and completes every issue and stores it as it came, unrefined."""
    return crawl(site, folder, ["-s", "SCRAPE_ONLY=1"])


def full(site: Site, folder: Path) -> Spent:
    """Crawls with the settings as they are."""
    return crawl(site, folder, [])


def crawl(site: Site, folder: Path, more: list[str]) -> Spent:
    """Runs a crawl into an empty folder, and takes its time only if it listed every issue."""
    output = folder / "output"
    settings = ["-s", f"OUTPUT_DIR={output}", "-s", f"STATE_DIR={folder / 'state'}", *more]
    settings += [part for each in site.settings for part in ("-s", each)]
    spider = ["jira", "-a", f"projects={PROJECTS}", "-a", f"site={site.url}"]
    spent = spend([*SCRAPY, "crawl", *spider, *settings], folder / "log")
    report = output / "report.json"
    listed = json.loads(report.read_bytes())["listed"] if report.exists() else 0
    shutil.rmtree(output, ignore_errors=True)
    if listed != site.issues:
        raise RuntimeError(f"A crawl listed {listed:,} of {site.issues:,} issues:\n{tail(folder / 'log')}")
    return spent


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
