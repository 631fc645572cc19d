"""Crawls a tracker whose answers are spoiled in every way that a fuzzer can think of, and judges what comes of it.

python -m benchmarks.hostile [--cases N] [--seed S] [--only K …] [--keep FOLDER]

Each case is a real crawl, bounded in requests, seconds and memory. It is right if its exit status is 0 exactly when
every issue that counts is in a feed or in the rejects (see hostile_truth), if its report says so too, if there is no
traceback, nothing lies elsewhere, and nobody but the site saw the token. Exit status 1 if any case is wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.hostile_cases import Case
from benchmarks.hostile_judge import Ended, judged
from benchmarks.hostile_truth import Truth
from benchmarks.processes import ROOT, unwind_on_terminate
from tests.servers.hostile import Answer, hostile

SIDE_BY_SIDE = 2
CANARY = "canary-5f3a9c71e0d24b86"


@dataclass(frozen=True)
class Outcome:
    """What became of a case, with what is wrong with it."""

    number: int
    case: Case
    ended: Ended
    requests: int
    struck: int
    wrong: list[str]


class Driver:
    """A process that has everything loaded and forks a crawl for each order."""

    def __init__(self) -> None:
        ours = ("JIRA_", "REDIS_", "STORE_", "SCRAPY_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        more = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "jira_crawler.settings"}
        command = [sys.executable, "-m", "benchmarks.hostile_driver"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, env=clean | more, stdin=pipe, stdout=pipe, text=True)

    def crawl(self, spider: str, chosen: dict[str, str], home: Path) -> Ended:
        """Runs a crawl to its end in a folder of its own."""
        folders = {"OUTPUT_DIR": home / "output", "STATE_DIR": home / "state"}
        arguments = ["crawl", spider]
        for name, value in (chosen | {name: str(path) for name, path in folders.items()}).items():
            arguments += ["-s" if name.isupper() else "-a", f"{name}={value}"]
        for name in ("elsewhere", "tmp"):
            (home / name).mkdir(parents=True)
        env = {"HOME": str(home / "tmp"), "TMPDIR": str(home / "tmp"), "JIRA_TOKEN": CANARY}
        order = {"arguments": arguments, "env": env, "log": str(home / "log"), "cwd": str(home / "elsewhere")}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    numbers = options.only or range(options.cases)
    console = Console(highlight=False, width=150)
    with TemporaryDirectory() as folder:
        cases = {number: Case.of(options.seed, number) for number in numbers}
        outcomes = list(run(cases, options.keep or Path(folder), console))
    show(outcomes, options.seed, console)
    return 1 if any(outcome.wrong for outcome in outcomes) else 0


def run(cases: Mapping[int, Case], folder: Path, console: Console | None = None) -> Iterator[Outcome]:
    """Runs cases side by side and gives what became of each, in order; tells of each failure when it is known."""
    drivers: SimpleQueue[Driver] = SimpleQueue()
    all_ = [Driver() for _ in range(SIDE_BY_SIDE)]
    for each in all_:
        drivers.put(each)

    def one(number: int) -> Outcome:
        driver = drivers.get()
        try:
            outcome = tried(number, cases[number], driver, folder / f"case{number}")
        finally:
            drivers.put(driver)
        if console and outcome.wrong:
            console.print(f"{number}: {outcome.wrong[0]} ({outcome.case})", markup=False, soft_wrap=True)
        return outcome

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        try:
            yield from pool.map(one, cases)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for each in all_:
                each.close()


def tried(number: int, case: Case, driver: Driver, home: Path) -> Outcome:
    """Runs one case and judges it."""
    with hostile(0, lambda _: Answer(b"<html></html>")) as stranger:
        truth = Truth(case, stranger.url.replace("127.0.0.1", "localhost"))
        with hostile(0, truth) as jira:
            chosen = case.arguments(jira.url) | ({"JOBDIR": str(home / "jobs")} if case.jobdir else {})
            ended = driver.crawl(case.spider, chosen, home)
        wrong = judged(truth, ended, home, CANARY, stranger.requests)
    return Outcome(number, case, ended, truth.asked, truth.struck, wrong)


def show(outcomes: list[Outcome], seed: int, console: Console) -> None:
    """Prints what is wrong, a row each, with what repeats it."""
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    table = Table(box=box.SIMPLE)
    for heading in ("case", "crawl", "exit", "requests", "s", "MB", "wrong"):
        table.add_column(heading, overflow="fold")
    for each in wrong:
        figures = (
            str(each.ended.status),
            str(each.requests),
            f"{each.ended.seconds:.1f}",
            f"{each.ended.megabytes:.0f}",
        )
        cells = (str(each.number), str(each.case), *figures, "\n".join(each.wrong))
        table.add_row(*(cell.replace("[", r"\[") for cell in cells))
    if wrong:
        console.print(table)
        again = " ".join(str(each.number) for each in wrong)
        console.print(f"To repeat them: python -m benchmarks.hostile --seed {seed} --only {again}", soft_wrap=True)
    slowest, largest = (
        max((getattr(each.ended, name) for each in outcomes), default=0) for name in ("seconds", "megabytes")
    )
    bad = f"{len(wrong)} of {len(outcomes)} cases are wrong" if wrong else f"All {len(outcomes)} cases are right"
    complete = sum(each.ended.status == 0 for each in outcomes)
    calm = sum(not each.struck for each in outcomes)
    console.print(
        f"{bad}; {complete} crawls are complete, {calm} met nothing bad; the longest took {slowest:.1f} s, "
        f"the largest {largest:.0f} MB.",
        soft_wrap=True,
    )


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.hostile", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=200, metavar="N", help="how many (200)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="what they follow from (1)")
    parser.add_argument("--only", type=int, nargs="+", metavar="K", help="these cases alone, by number")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave what the crawls left there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
