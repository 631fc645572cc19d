"""A crawl that refines in two processes, killed at random moments: itself, or one of those that refine.

python -m benchmarks.kills [--quick] [--kills N] [--seed S] [--json PATH]

A crawl that was killed is started again; one of which a worker was killed has to go to its end by itself. What is left
is compared, line by line, with what a crawl left that refined by itself and was not disturbed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

from benchmarks.durability import LATENCY, SMALL, command, difference, finished, written
from benchmarks.peaks import children
from benchmarks.processes import adopting, end, environment, reap, tail, unwind_on_terminate
from fake_jira import running

CRAWL, WORKER = "crawl", "worker"
POOL = (*SMALL, "REFINE_PROCESSES=2")
ISSUES = 200
LONGEST = 120.0  # seconds that a crawl may take
GLANCE = 0.01  # seconds from one look for its workers to the next


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    console = Console(stderr=True, highlight=False)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder, adopting():
            total = measure(options.kills, random.Random(options.seed), Path(folder), console)
    except RuntimeError as error:
        print(f"benchmarks.kills: {error}", file=sys.stderr)
        return 1
    Console(highlight=False).print(verdict(total), soft_wrap=True)
    if options.json:
        options.json.write_text(json.dumps(total, indent=2) + "\n")
    return 1 if wrong(total) else 0


def measure(kills: int, chance: random.Random, folder: Path, console: Console) -> Counter[str]:
    """Kills a crawl and a worker in turn, and counts the kills, and the lines that are not as they were."""
    total: Counter[str] = Counter()
    with running(issues=ISSUES, page_cap=10, seed=5, latency=LATENCY) as site:
        calm = finished(site.url, folder / "calm", False, (*SMALL, "REFINE_PROCESSES=1"))
        lasts = undisturbed(command(site.url, folder / "calm again", POOL, False), folder / "calm again")
        while total[CRAWL] + total[WORKER] < kills:
            home, jobdir = folder / "killed", chance.random() < 0.5
            whom = CRAWL if total[CRAWL] <= total[WORKER] else WORKER
            moment = chance.uniform(0, lasts[whom])
            hit, whole = killed(command(site.url, home, POOL, jobdir), moment, whom, chance, home)
            left = written(home) if whole else finished(site.url, home, jobdir, POOL)
            total.update(difference(left, calm) | {"crawls": 1, whom: int(hit)})
            shutil.rmtree(home)
            console.print(_counts(total))
    return total


@contextmanager
def started(arguments: list[str], home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Starts a crawl that ends within the block, and sees to it that it leaves nobody behind.

    Raises RuntimeError where it does, or does not end.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(arguments, env=environment(), stdout=log, stderr=log, process_group=0)
        try:
            yield process
            process.wait(LONGEST)
            reap(process.pid)
        except subprocess.TimeoutExpired:
            end(process)
            raise RuntimeError(f"A crawl did not end in {LONGEST:.0f} s:\n{tail(home / 'log')}") from None
        except BaseException:
            end(process)
            raise


def undisturbed(arguments: list[str], home: Path) -> dict[str, float]:
    """Gives the seconds that a crawl lasts, and those that its workers do; raises RuntimeError if none is seen."""
    began = time.monotonic()
    with started(arguments, home) as process:
        await_workers(process)
        first, seen = time.monotonic(), process.poll() is None
        process.wait(LONGEST)
        ended = time.monotonic()
    if not seen:
        raise RuntimeError(f"No process that refines was seen, for which /proc is needed:\n{tail(home / 'log')}")
    return {CRAWL: ended - began, WORKER: ended - first}


def killed(arguments: list[str], seconds: float, whom: str, chance: random.Random, home: Path) -> tuple[bool, bool]:
    """Kills a crawl so long after its start, or a worker so long after the first; gives if it did, and if all is done.

    Raises RuntimeError where the crawl does not get over the end of a worker.
    """
    with started(arguments, home) as process:
        if whom == WORKER:
            await_workers(process)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        victims = [process.pid] if whom == CRAWL else workers(process.pid)
        hit = process.poll() is None and bool(victims) and _kill(chance.choice(victims))
    if process.returncode and not (hit and whom == CRAWL):
        raise RuntimeError(f"A crawl ended with status {process.returncode}, unkilled:\n{tail(home / 'log')}")
    return hit, not process.returncode


def workers(pid: int) -> list[int]:
    """Gives the processes that refine, which are the grandchildren of a crawl."""
    return sorted(worker for child in children(pid) for worker in children(child))


def await_workers(process: subprocess.Popen[bytes]) -> None:
    """Waits until a crawl has begun to refine, or ended."""
    while process.poll() is None and not workers(process.pid):
        time.sleep(GLANCE)


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


# --- what is said


def wrong(total: Counter[str]) -> bool:
    """Whether anything was lost, doubled or different."""
    return bool(total["lost"] or total["doubled"] or total["other"])


def verdict(total: Counter[str]) -> str:
    """Says what became of it all."""
    return f"Aim: nothing lost, nothing doubled. {'Missed' if wrong(total) else 'Met'}: {_counts(total)}."


def _counts(total: Counter[str]) -> str:
    kills = total[CRAWL] + total[WORKER]
    return (
        f"{kills} kills, {total[CRAWL]} of a crawl and {total[WORKER]} of a worker: {total['lost']} lines lost, "
        f"{total['doubled']} doubled, {total['other']} different"
    )


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.kills", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="six kills")
    usual = 6 if "--quick" in sys.argv else 30
    parser.add_argument("--kills", type=int, default=usual, help="how many (30)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed chooses the same moments (1)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the counts to a file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
