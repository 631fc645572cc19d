"""How a fleet grows with its workers, and what a request costs it: against one worker, and against a crawl alone.

python -m benchmarks.fleet [--quick] [--rounds N] [--issues N] [--page N] [--requests N] [--seed S]
                           [--set NAME=VALUE] [--json PATH]

An embedded Jira serves made-up issues from a process of its own, each answer after 200 ms, and workers are polite: one
request at a time, small pages. So waiting is what takes time, as it is in the world, and no machine has to be shared:
neither the site nor the CPUs are to be what limits four workers, and a table says whether they did. Redis and Postgres
are real and sync what they are told. Workers are started and waiting before they are given anything to do.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from sqlalchemy import create_engine, select

from benchmarks.fleet_costs import costs
from benchmarks.fleet_cpu import MACHINE, Samples
from benchmarks.fleet_figures import ALONE, Figures, Plan, Run, show, steady
from benchmarks.fleet_figures import as_json as all_of
from benchmarks.fleet_servers import Servers, servers
from benchmarks.processes import ROOT, SCRAPY, environment, tail, unwind_on_terminate
from jira_crawler.store.tables import issues

PROJECTS = "DEMO,TOOLS"
LONGEST = 60.0  # seconds that a crawl may take, or workers may take to be ready
LOOK = 0.1  # seconds between two looks at what runs
WAITING = "Waiting for work"
Processes = dict[str, subprocess.Popen[bytes]]


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    plan = Plan(options.issues, options.rounds, options.seed, options.page, options.requests)
    plan.operations = 200 if options.quick else plan.operations
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            figures = measure(plan, Path(folder), tuple(options.set), Console(stderr=True, highlight=False))
    except RuntimeError as error:
        print(f"benchmarks.fleet: {error}", file=sys.stderr)
        return 1
    show(figures, Console(highlight=False))
    if options.json:
        options.json.write_text(json.dumps(all_of(figures), indent=2) + "\n")
    return 0


def measure(plan: Plan, folder: Path, settings: tuple[str, ...], console: Console) -> Figures:
    """Runs the crawl alone and every fleet in every round, and then the queue by itself."""
    figures = Figures(plan, {workers: [] for workers in (ALONE, *plan.workers)})
    console.print(f"making up {plan.issues:,} issues …")
    with servers(folder, plan.issues, plan.seed, plan.latency) as running:
        for turn in range(1, plan.rounds + 1):
            for workers, runs in figures.runs.items():
                runs.append(crawl(plan, running, folder, workers, settings))
                console.print(f"round {turn}: {workers or 'no'} workers: {runs[-1].rate:.0f} issues/s")
        figures.costs = costs(running, folder, plan.operations)
    return figures


def crawl(plan: Plan, running: Servers, folder: Path, workers: int, settings: tuple[str, ...]) -> Run:
    """Crawls everything with so many workers, or alone, into an empty folder and an empty store."""
    home = folder / "crawl"
    output = home / "output"
    home.mkdir()
    queue = running.redis.fresh()
    store = running.postgres.create() if workers else f"sqlite:///{output / 'store.sqlite'}"
    chosen = [*_settings(plan, home), *settings, *([f"REDIS_URL={queue}", f"STORE_URL={store}"] if workers else [])]
    what = [f"site={running.site}", *([] if workers else [f"projects={PROJECTS}"])]
    command = [*SCRAPY, "crawl", "jira", *_each("-a", what), *_each("-s", chosen)]
    began = time.monotonic()
    with started(command, home, max(workers, 1)) as processes:
        if workers:
            _until(lambda: all(WAITING in _log(home, name) for name in processes), processes, home)
            with running.redis.client(queue) as client:
                client.lpush("jira:start_urls", PROJECTS)
        samples = watched(processes, running.pids, home)
    wall = time.monotonic() - began
    run = _run(plan, workers, wall, _fetched(store), samples, json.loads((output / "report.json").read_bytes()))
    shutil.rmtree(home)
    return run


def _settings(plan: Plan, home: Path) -> list[str]:
    chosen = {"OUTPUT_DIR": home / "output", "STATE_DIR": home / "state", "PAGE_SIZE": plan.page}
    chosen |= {"CONCURRENT_REQUESTS": plan.requests, "CONCURRENT_REQUESTS_PER_DOMAIN": plan.requests}
    chosen |= {"SLICE_ISSUES": plan.slice}
    return [f"{name}={value}" for name, value in chosen.items()]


@contextmanager
def started(command: list[str], home: Path, number: int) -> Iterator[Processes]:
    """Starts a command so many times at once; what is alive at the end of the block is killed."""
    with ExitStack() as stack:
        processes: Processes = {}
        for each in range(1, number + 1):
            with (home / f"{each}.log").open("wb") as log:
                process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.kill)
            processes[str(each)] = process
        yield processes


def watched(processes: Processes, pids: dict[str, int], home: Path) -> Samples:
    """Waits for all processes, and looks meanwhile what everybody makes of the CPUs."""
    samples = Samples({name: process.pid for name, process in processes.items()} | pids)

    def ended() -> bool:
        samples.take()
        return all(process.poll() is not None for process in processes.values())

    _until(ended, processes, home)
    return samples


def _until(true: Callable[[], bool], processes: Processes, home: Path) -> None:
    """Waits until something is so; raises RuntimeError if it takes too long, or a process fails meanwhile."""
    end = time.monotonic() + LONGEST
    while True:
        done = true()
        for name, process in processes.items():
            if process.poll():
                raise RuntimeError(f"Worker {name} ended with {process.returncode}:\n{tail(home / f'{name}.log')}")
        if done:
            return
        if time.monotonic() > end:
            raise RuntimeError(f"A crawl took more than {LONGEST:.0f} s:\n{tail(home / '1.log')}")
        time.sleep(LOOK)


def _fetched(store: str) -> list[int]:
    """Reads from a store when each issue came, in epoch ms."""
    engine = create_engine(store)
    with engine.connect() as connection:
        found = list(connection.execute(select(issues.c.fetched_at)).scalars())
    engine.dispose()
    return found


def _run(plan: Plan, workers: int, wall: float, fetched: list[int], samples: Samples, report: dict[str, object]) -> Run:
    if len(fetched) != plan.issues or not report["complete"]:
        raise RuntimeError(f"A crawl stored {len(fetched):,} of {plan.issues:,} issues.")
    begin, end, rate = steady(fetched)
    cores = _cores(samples, begin, end)
    return Run(workers, rate, end - begin, wall, int(str(report["requests"])), cores)


def _cores(samples: Samples, begin: float, end: float) -> dict[str, float]:
    """Says how many cores everybody used, the workers on average; nothing where that is not known."""
    used = {name: samples.share(name, begin, end) for name in samples.pids}
    machine = samples.share(MACHINE, begin, end)
    known = {name: share for name, share in used.items() if share is not None}
    if machine is None or not known:
        return {}
    own = [share for name, share in known.items() if name.isdigit()]
    cores = {name: share for name, share in known.items() if not name.isdigit()}
    return cores | {"worker": sum(own) / len(own), "others": max(0.0, machine - sum(known.values()))}


def _log(home: Path, name: str) -> str:
    return (home / f"{name}.log").read_text(errors="replace")


def _each(switch: str, values: list[str]) -> list[str]:
    return [part for value in values for part in (switch, value)]


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.fleet", description=(__doc__ or "").split("\n", 1)[0])
    usual = Plan(600, 1) if "--quick" in sys.argv else Plan()
    parser.add_argument("--quick", action="store_true", help="600 issues, one round")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="rounds of all crawls (3)")
    parser.add_argument("--issues", type=int, default=usual.issues, help="issues of the site (1200)")
    parser.add_argument("--page", type=int, default=usual.page, help="issues a page (20)")
    parser.add_argument("--requests", type=int, default=usual.requests, help="that a worker has under way at once (1)")
    parser.add_argument("--seed", type=int, default=usual.seed, help="the same seed makes up the same issues (1)")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of all crawls")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write every single run to a file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
