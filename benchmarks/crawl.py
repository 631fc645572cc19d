"""The full job, scraping alone, others that download issues and a bare download of the same pages, in one run.

python -m benchmarks.crawl [--quick] [--rounds N] [--sizes SMALL,LARGE] [--seed S] [--set NAME=VALUE] [--json PATH]
                           [--without-peers]

An embedded Jira serves made-up issues over loopback from a process of its own. Jobs are run in turn, round after
round, each in a new process, so that what else the machine does falls on all of them alike; figures are medians.
Two sizes tell what an issue costs from what a process costs to start. The full job is run with one process, with two
and, where there are as many cores, with four; what they make is compared once, byte for byte.
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
from functools import partial
from hashlib import file_digest
from pathlib import Path
from urllib.request import urlopen

import orjson
from rich.console import Console

from benchmarks.crawl_aims import sameness, verdicts
from benchmarks.crawl_figures import FLOOR, SCRAPE, Figures, Plan, as_json, full_with, show
from benchmarks.peers import PEERS, Peer
from benchmarks.processes import SCRAPY, Spent, sandbox, spend, tail, unwind_on_terminate

PROJECTS = "DEMO,TOOLS"
CONCURRENCY = 8  # what jira_crawler.sites gives a loopback site
COMPARED = (1, 2, 4)  # processes, whatever the cores: what they make must not depend on it
COMPARED_ISSUES = 1_000


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
    console = Console(stderr=True, highlight=False)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            peers = [] if options.without_peers else installed(console)
            figures = measure(plan, peers, Path(folder), console)
            figures.differing = compared(plan, Path(folder), console)
    except RuntimeError as error:
        print(f"benchmarks.crawl: {error}", file=sys.stderr)
        return 1
    shown = Console(highlight=False)
    show(figures, shown)
    for sentence in verdicts(figures):
        shown.print(sentence, soft_wrap=True)
    shown.print(sameness(figures.differing), soft_wrap=True)
    if options.json:
        options.json.write_text(json.dumps(as_json(figures), indent=2) + "\n")
    return bool(figures.differing)


def installed(console: Console) -> list[Peer]:
    """Gives the peers that can be measured; of each other it is said why not."""
    ready = []
    for peer in PEERS:
        if not peer.ready():
            console.print(f"making an environment for {peer.package} …")
        try:
            peer.install()
        except RuntimeError as error:
            console.print(str(error), soft_wrap=True)
        else:
            ready.append(peer)
    return ready


def measure(plan: Plan, peers: list[Peer], folder: Path, console: Console) -> Figures:
    """Runs every job at every size in every round."""
    runs: dict[str, Callable[[Site, Path], Spent]] = {FLOOR: floor, SCRAPE: scrape_only}
    runs |= {full_with(number): partial(full, number) for number in plan.processes}
    runs |= {peer.name: partial(downloaded, peer) for peer in peers}
    figures = Figures(plan, spent={(job, size): [] for job in runs for size in plan.sizes})
    figures.peers = {peer.name: peer.package for peer in peers}
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


def compared(plan: Plan, folder: Path, console: Console) -> list[str]:
    """Crawls the same issues with more and more processes, one request at a time; gives files that differ."""
    issues = min(COMPARED_ISSUES, plan.sizes[0])
    made: list[dict[str, str]] = []
    with sandbox(issues, plan.seed) as url:
        site = Site(url, issues, folder / "unused", plan.settings)
        for number in COMPARED:
            console.print(f"comparing: {number} processes, {issues:,} issues")
            made.append({})
            more = ("CONCURRENT_REQUESTS=1", f"REFINE_PROCESSES={number}")
            crawl(site, folder, more, lambda output: made[-1].update(digests(output)))
    if not made[0]:
        raise RuntimeError("There are no feeds to be compared")
    return sorted(name for name in set().union(*made) if len({each.get(name) for each in made}) > 1)


def digests(output: Path) -> dict[str, str]:
    """Gives the hash of each file of lines."""
    found = {}
    for path in output.glob("*.jsonl"):
        with path.open("rb") as lines:
            found[path.name] = file_digest(lines, "sha256").hexdigest()
    return found


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
    return crawl(site, folder, ("SCRAPE_ONLY=1",))


def full(processes: int, site: Site, folder: Path) -> Spent:
    """Crawls with the settings as they are, but for the processes that refine."""
    return crawl(site, folder, (f"REFINE_PROCESSES={processes}",))


def crawl(
    site: Site, folder: Path, more: tuple[str, ...], see: Callable[[Path], object] = lambda output: None
) -> Spent:
    """Runs a crawl into an empty folder, and takes its figures only if it listed every issue.

    `see` is given the folder before it is removed.
    """
    output = folder / "output"
    settings = [f"OUTPUT_DIR={output}", f"STATE_DIR={folder / 'state'}", *more, *site.settings]
    spider = ["jira", "-a", f"projects={PROJECTS}", "-a", f"site={site.url}"]
    chosen = [part for each in settings for part in ("-s", each)]
    spent = spend([*SCRAPY, "crawl", *spider, *chosen], folder / "log")
    report = output / "report.json"
    listed = json.loads(report.read_bytes())["listed"] if report.exists() else 0
    see(output)
    shutil.rmtree(output, ignore_errors=True)
    if listed != site.issues:
        raise RuntimeError(f"A crawl listed {listed:,} of {site.issues:,} issues:\n{tail(folder / 'log')}")
    return spent


def downloaded(peer: Peer, site: Site, folder: Path) -> Spent:
    """Lets a peer write every issue as it came, and takes its figures only if each is there."""
    path = folder / f"{peer.name}.jsonl"
    spent = spend(peer.command(site.url, PROJECTS, path), folder / "log")
    with path.open("rb") as lines:
        found = len({orjson.loads(line)["id"] for line in lines})
    path.unlink()
    if found != site.issues:
        raise RuntimeError(f"{peer.name} listed {found:,} of {site.issues:,} issues:\n{tail(folder / 'log')}")
    return spent


# --- what is chosen


def _parser() -> ArgumentParser:
    quick, usual = Plan((500, 2_000), 1), Plan()
    chosen = quick if "--quick" in sys.argv else usual
    parser = ArgumentParser(prog="python -m benchmarks.crawl", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="500 and 2,000 issues, one round")
    parser.add_argument("--rounds", type=_count, default=chosen.rounds, help=f"rounds of all jobs ({usual.rounds})")
    parser.add_argument("--sizes", type=_sizes, default=chosen.sizes, metavar="SMALL,LARGE", help="5000,40000")
    parser.add_argument("--seed", type=int, default=chosen.seed, help="the same seed makes up the same issues (1)")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of all crawls")
    parser.add_argument("--without-peers", action="store_true", help="measure nobody else, and install nothing")
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
