"""A trainer that follows a folder, killed at random moments while issues come, change and go.

python -m benchmarks.stream_kills [--kills N] [--seed S] [--json PATH]

The trainer is the loop of `examples/continuous_sft.py`; its model is the list of what it has seen. Issues change in
phases, each at most once in one, and a phase is over when all that is there was seen: so every version that ever was in
train is to be seen, exactly once, and nothing else is. Which those are says the grouping of `scrapy export`.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.processes import ROOT, end, environment, unwind_on_terminate
from examples.continuous_sft import follow, latest
from jira_crawler.exports.fields import about
from jira_crawler.exports.groups import Groups, by_hash
from jira_crawler.exports.source import Entry, sample
from jira_crawler.stream import Samples, version
from tests.growing import Growing

SHARES = (60.0, 20.0, 20.0)
ISSUES, CHANGES = 60, 20  # at the beginning, and in each phase
LONGEST = 120.0  # seconds that a phase may take to be seen
Version = tuple[str, str]


def main() -> int:
    unwind_on_terminate()
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--trainer", type=Path, nargs=2, metavar=("OUTPUT", "HOME"), help="be the one that is killed")
    options = parser.parse_args()
    if options.trainer:
        output, home = options.trainer
        train_for_ever(output, home, options.seed)
    with TemporaryDirectory(prefix="benchmark-") as name:
        verdict = trial(Path(name), options.kills, options.seed)
    Console(highlight=False).print(verdict.sentence, soft_wrap=True)
    if options.json:
        options.json.write_text(json.dumps(verdict.figures, indent=2) + "\n")
    return 0 if verdict.is_right else 1


@dataclass(slots=True)
class Verdict:
    """`true` is what was to be seen, `seen` what was, and `of_test` the ids that no trainer is to see."""

    kills: int = 0
    rounds: int = 0
    true: Counter[Version] = field(default_factory=Counter)
    seen: Counter[Version] = field(default_factory=Counter)
    of_test: set[str] = field(default_factory=set)

    @property
    def figures(self) -> dict[str, int]:
        return {
            "kills": self.kills,
            "rounds": self.rounds,
            "versions": len(self.true),
            "twice": sum(count > 1 for count in self.seen.values()),
            "missing": len(self.true - self.seen),
            "strange": len(self.seen.keys() - self.true.keys()),
            "of test": len({id_ for id_, _ in self.seen} & self.of_test),
        }

    @property
    def is_right(self) -> bool:
        return self.seen == self.true and not self.figures["of test"]

    @property
    def sentence(self) -> str:
        told = self.figures
        return (
            f"{told['kills']} kills in {told['rounds']} rounds; of {told['versions']:,} versions {told['missing']} are "
            f"missing, {told['twice']} were seen twice, {told['strange']} never were in train, and "
            f"{told['of test']} examples are of test."
        )


def trial(folder: Path, kills: int, seed: int) -> Verdict:
    """Lets a trainer follow, kills it in each phase, and compares in the end."""
    chance, verdict = random.Random(seed), Verdict()
    growing, home = Growing(folder / "output"), folder / "model"
    heads = list(range(1, ISSUES + 1))
    for number in heads:
        growing.put(number, f"text {number}", commit=number == ISSUES)
    others: list[int] = []
    with trainer(folder, seed) as running:
        for phase in range(kills + 1):
            dies = chance.randrange(CHANGES) if phase < kills else None
            for at, change in enumerate(changes(chance, growing, heads, others, phase)):
                if at == dies:
                    time.sleep(chance.random() * 0.7)
                    running.kill()
                    verdict.kills += 1
                change()
            seen_by(home, growing, verdict)
    verdict.seen = Counter(seen(home))
    verdict.rounds = int(done.name[-5:]) if (done := latest(home)) else 0
    growing.close()
    return verdict


def changes(chance: random.Random, growing: Growing, heads: list[int], others: list[int], phase: int) -> Iterator[Any]:
    """Gives a phase's changes, each of another issue. Only issues that are linked to an older one ever go."""
    touched: set[int] = set()
    for step in range(CHANGES):
        kind = chance.random()
        there = [number for number in others if number not in touched and str(number) in growing.there]
        if kind < 0.2 and there:
            number = chance.choice(there)
            yield lambda number=number: growing.remove(number)
        elif kind < 0.6:
            number = chance.choice([number for number in heads + there if number not in touched])
            related = growing.there[str(number)][0]["metadata"]["related"]
            text = f"text {number} of phase {phase}"
            yield lambda number=number, text=text, related=related: growing.put(number, text, related=related)
        elif kind < 0.95:
            number = 1_000 * (phase + 1) + step
            others.append(number)
            related = f"ACME-{chance.choice(heads)}"
            yield lambda number=number, related=related: growing.put(number, f"text {number}", related=related)
        else:
            number = 0
            yield growing.compact
        touched.add(number)


def seen_by(home: Path, growing: Growing, verdict: Verdict) -> None:
    """Waits until all that is there was seen, and adds it to the truth."""
    splits = split_of(growing)
    there = [line for lines in growing.there.values() for line in lines]
    current = {(line["id"], version(line)) for line in there if splits[line["metadata"]["issue_id"]] == 0}
    verdict.true |= Counter(dict.fromkeys(current, 1))
    verdict.of_test |= {line["id"] for line in there if splits[line["metadata"]["issue_id"]] == 2}
    until = time.monotonic() + LONGEST
    while not current <= set(seen(home)):
        if time.monotonic() > until:
            raise RuntimeError("The trainer does not come to see what is there.")
        time.sleep(0.05)


def split_of(growing: Growing) -> dict[str, int]:
    """In which split each issue is, as an export says of the same lines."""
    groups, numbers = Groups(), sorted(growing.there, key=int)
    for number in numbers:
        lines = growing.there[number]
        entry = Entry(about(lines[0]["metadata"], "example", number), [sample(line, 1) for line in lines])
        groups.add(entry, int(number))
    splits = by_hash(groups.roots(), np.frombuffer(groups.names, dtype=np.uint64), SHARES)
    return dict(zip(numbers, map(int, splits), strict=True))


def seen(home: Path) -> list[Version]:
    """What the model has seen, as long as nobody takes the folder away; then what the next one has."""
    while done := latest(home):
        with suppress(FileNotFoundError):
            return [(id_, mark) for id_, mark in json.loads((done / "model").read_text())]
    return []


class Running:
    """A trainer, which is started again whenever it is killed."""

    def __init__(self, command: list[str]):
        self.command = command
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.command, cwd=ROOT, env=environment(), process_group=0)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        if (status := self.process.wait()) != -signal.SIGKILL:
            raise RuntimeError(f"The trainer ended by itself, with status {status}.")
        self.process = self._start()


@contextmanager
def trainer(folder: Path, seed: int) -> Iterator[Running]:
    places = [str(folder / "output"), str(folder / "model")]
    command = [sys.executable, "-m", "benchmarks.stream_kills", "--seed", str(seed), "--trainer", *places]
    running = Running(command)
    try:
        yield running
    finally:
        end(running.process)


def train_for_ever(output: Path, home: Path, seed: int) -> None:
    """Trains a model that is the list of what it has seen, at a pace that leaves room to be killed anywhere."""

    def train(done: Path | None, examples: list[Any], to: Path) -> None:
        known = json.loads((done / "model").read_text()) if done else []
        time.sleep(0.02)
        (to / "model").write_text(json.dumps(known + [[each["id"], version(each)] for each in examples]))
        time.sleep(0.02)

    samples = Samples(output, shares=SHARES, follow=True, idle=0.2, seed=seed)
    while True:
        follow(samples, home, train, min_new=9)


if __name__ == "__main__":
    raise SystemExit(main())
