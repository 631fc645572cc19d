"""The feeds exported in every format: megabytes of feed a second, and peak memory.

python -m benchmarks.export [--quick] [--examples N] [--json PATH]
python -m benchmarks.export --engine [--rounds N]    seconds of CPU with an engine and without, by turns

The feeds are made up and as long as those of real trackers: about ten examples an issue, three kilobytes each. A tenth
of the issues is a near-duplicate of another.
"""

from __future__ import annotations

import random
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.processes import SCRAPY, Spent, spend, unwind_on_terminate
from jira_crawler.feeds.dataset import Dataset
from tests.rows import row

SEED = 1
PROJECTS = ("ALPHA", "BETA", "GAMMA", "DELTA")
TASKS = ("summarization", "classification", "status_prediction", "question_answering", "next_comment", "pretraining")
RUNS = tuple((kind, files) for kind in ("alpaca", "chat", "text", "issues") for files in ("parquet", "jsonl"))
WORDS = tuple(
    f"{first}{last}" for first in ("bro", "clu", "par", "ses", "tok", "wri") for last in ("ker", "ster", "sing")
)
ENGINES = {"none": (), "local, 1": ("--engine", "local"), "local, 2": ("--engine", "local")}
BY_ENGINE = (("--format", "alpaca"), ("--format", "chat", "--tasks", "default", "--min-value", "0", "--files", "jsonl"))
HOURS_A_YEAR = 8_760


def main() -> int:
    unwind_on_terminate()
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5,000 examples")
    parser.add_argument("--examples", type=int, default=0, help="how many examples (50,000)")
    parser.add_argument("--engine", action="store_true", help="with an engine and without")
    parser.add_argument("--rounds", type=int, default=3, help="how often each, of --engine (3)")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    examples = options.examples or (5_000 if options.quick else 50_000)
    with TemporaryDirectory() as name:
        home = Path(name)
        make_up(home / "output", examples)
        if options.engine:
            return by_engine(home, examples, options.rounds)
        megabytes = sum(feed.stat().st_size for feed in (home / "output").glob("*.jsonl")) / 1e6
        spent = {run: exported(home, *run) for run in RUNS}
        spent["stats", "html"] = spend([*SCRAPY, "stats", "-s", f"OUTPUT_DIR={home / 'output'}"], home / "stats.log")
    show(examples, megabytes, spent)
    if options.json:
        figures = {" ".join(run): {"mb_s": megabytes / each.wall, "mb": each.megabytes} for run, each in spent.items()}
        options.json.write_bytes(orjson.dumps(figures))
    return 0


def exported(home: Path, kind: str, files: str) -> Spent:
    to = home / f"{kind}-{files}"
    switches = ["--format", kind, "--files", files, "--to", str(to), "-s", f"OUTPUT_DIR={home / 'output'}"]
    return spend([*SCRAPY, "export", *switches], home / "export.log")


def by_engine(home: Path, examples: int, rounds: int) -> int:
    """Exports with an engine and without, each time from no shards, and shows the middle of all rounds."""
    table = Table(title=f"export of {examples:,} examples, CPU s, start-up included")
    for heading in ("switches", "engine", "all", "who has the feeds", "from", "to"):
        table.add_column(heading)
    for switches in BY_ENGINE:
        spent: dict[str, list[Spent]] = {engine: [] for engine in ENGINES}
        for _ in range(rounds):
            for engine, given in ENGINES.items():
                for left in home / "dataset", home / "output" / "engine":
                    rmtree(left, ignore_errors=True)
                settings = ["-s", f"OUTPUT_DIR={home / 'output'}", "-s", f"REFINE_PROCESSES={engine[-1:]}"]
                command = [*SCRAPY, "export", *switches, "--to", str(home / "dataset"), *given]
                spent[engine].append(spend([*command, *(settings if given else settings[:2])], home / "export.log"))
        for engine, each in spent.items():
            cpu = sorted(one.cpu for one in each)
            figures = median(cpu), median(one.own for one in each), cpu[0], cpu[-1]
            table.add_row(" ".join(switches), engine, *(f"{figure:.1f}" for figure in figures))
    Console().print(table)
    return 0


def make_up(folder: Path, examples: int) -> None:
    """Fills an output folder with issues of ten examples each."""
    chance = random.Random(SEED)
    dataset = Dataset(folder)
    for number in range(1, max(2, examples // 10)):
        project = PROJECTS[number % len(PROJECTS)]
        lines = b"".join(orjson.dumps(line) + b"\n" for line in issue_lines(chance, number, project))
        dataset.record(row(number, project, fetched_at=1_700_000_000_000, examples=10), lines)
        if number % 200 == 0:
            dataset.commit()
    dataset.commit()
    dataset.close()


def issue_lines(chance: random.Random, number: int, project: str) -> Iterator[dict[str, Any]]:
    title, text = prose(chance, 8), prose(chance, int(chance.lognormvariate(5.2, 0.9)) + 5)
    thread = f"# {title}\n\n{text}"
    about = metadata(chance, number, project)
    for at in range(10):
        task = TASKS[min(at, len(TASKS) - 1) if at < len(TASKS) else 4]
        if task in ("question_answering", "next_comment"):
            thread = f"{thread}\n\n## user_{at % 3}\n\n{prose(chance, 60)}"
        asked = ("", "") if task == "pretraining" else (f"Do the {task} of this issue.", thread)
        yield {
            "id": f"example-{number}-{task}-v{at}",
            "task_type": task,
            "instruction": asked[0],
            "input": asked[1],
            "output": thread if task == "pretraining" else prose(chance, 30),
            "metadata": about | {"example_type": f"v{at}"},
        }


def metadata(chance: random.Random, number: int, project: str) -> dict[str, Any]:
    first = chance.randint(1, number) if chance.random() < 0.1 else number
    hours = 11 * number % (6 * HOURS_A_YEAR)
    day = f"{2018 + hours // HOURS_A_YEAR}-{1 + hours // 730 % 12:02}-{1 + hours // 24 % 28:02}"
    moment = f"{day}T{hours % 24:02}:00:00.000Z"
    return {
        "issue_key": f"{project}-{number}",
        "issue_id": str(number),
        "project": project,
        "site": "example",
        "url": f"https://jira.example.org/browse/{project}-{number}",
        "issue_type": "Bug",
        "status": "Closed",
        "priority": "Major",
        "resolution": "Fixed",
        "created": moment,
        "updated": moment,
        "quality": round(min(1.0, max(0.0, chance.gauss(0.55, 0.18))), 3),
        "language": chance.choice(("en", "en", "en", "de", "")),
        "related": f"{project}-{chance.randint(1, number)}" if chance.random() < 0.1 else "",
        "cluster": f"example-{first}",
        "representative": first == number,
    }


def prose(chance: random.Random, words: int) -> str:
    marked = ("<EMAIL>",) if chance.random() < 0.05 else ()
    return " ".join((*chance.choices(WORDS, k=words), *marked, str(chance.random())))


def show(examples: int, megabytes: float, spent: dict[tuple[str, str], Spent]) -> None:
    table = Table(title=f"export of {examples:,} examples, {megabytes:,.0f} MB of feed, start-up included")
    for heading in ("format", "files", "wall s", "MB/s", "peak MB"):
        table.add_column(heading, justify="left" if heading in ("format", "files") else "right")
    for (kind, files), each in spent.items():
        rate = megabytes / each.wall
        table.add_row(kind, files, f"{each.wall:.2f}", f"{rate:,.0f}", f"{each.megabytes:.0f}")
    Console().print(table)


if __name__ == "__main__":
    raise SystemExit(main())
