"""Feeds made again by each engine in one process and in two, with two workers killed on the way: the same bytes or not.

python -m benchmarks.engines [--quick] [--issues N] [--engines local,ray] [--processes 1,2] [--kills N]
                             [--spark FOLDER] [--home FOLDER] [--json PATH]

`none` is a replay without an engine. `--spark` is where the whole package pyspark is (pip install --target FOLDER), for
a Spark on the JVM. `--home` keeps the store between two runs.
"""

from __future__ import annotations

import hashlib
import os
import platform
import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.peaks import children
from benchmarks.processes import SCRAPY, Spent, sandbox, spend, unwind_on_terminate

SEED = 1
PAUSE = 0.2  # seconds from one look to the next
WORKERS = (b"ray::work", b"pyspark", b"forkserver")  # on the command lines of those who refine


@dataclass(frozen=True, slots=True)
class Run:
    """What one replay used, and a hash of all that it made."""

    engine: str
    processes: int
    kills: int
    spent: Spent
    feeds: str


def main() -> int:
    unwind_on_terminate()
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 issues")
    parser.add_argument("--issues", type=int, default=0, help="how many issues (20,000)")
    parser.add_argument("--engines", default="none,local,ray", help="which, in their order (none,local,ray)")
    parser.add_argument("--processes", default="1,2", help="how many of each (1,2)")
    parser.add_argument("--kills", type=int, default=0, help="workers to be killed on the way (0)")
    parser.add_argument("--spark", type=Path, help="where the whole pyspark is; spark is one of the engines then")
    parser.add_argument("--home", type=Path, help="a folder in which the store is kept")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    issues = options.issues or (1_000 if options.quick else 20_000)
    engines = options.engines.split(",") + (["spark"] if options.spark else [])
    with home(options.home) as folder:
        crawled(folder / f"crawled-{issues}", issues)
        runs = [
            replayed(folder, issues, engine, int(processes), options.kills, options.spark)
            for engine in engines
            for processes in options.processes.split(",")
        ]
    show(issues, runs)
    if options.json:
        figures = {"python": platform.python_version(), "cores": os.cpu_count(), "issues": issues}
        options.json.write_bytes(orjson.dumps(figures | {"runs": [asdict(run) for run in runs]}))
    return 0 if len({run.feeds for run in runs}) == 1 else 1


@contextmanager
def home(chosen: Path | None) -> Iterator[Path]:
    if chosen:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen
        return
    with TemporaryDirectory() as name:
        yield Path(name)


def crawled(output: Path, issues: int) -> None:
    """Makes a store of issues that were not refined, unless it is there."""
    if (output / "report.json").exists():
        return
    with sandbox(issues, SEED) as url:
        arguments = ["-a", "projects=DEMO,TOOLS", "-a", f"site={url}", "-s", f"OUTPUT_DIR={output}"]
        spend([*SCRAPY, "crawl", "jira", *arguments, "-s", "SCRAPE_ONLY=1"], output.with_suffix(".log"))


def replayed(folder: Path, issues: int, engine: str, processes: int, kills: int, spark: Path | None) -> Run:
    """Makes the feeds of a copy of the store, from nothing, and measures all that it took."""
    output = folder / "output"
    for path in sorted(output.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    output.mkdir(exist_ok=True)
    for path in (folder / f"crawled-{issues}").glob("store.sqlite*"):
        (output / path.name).write_bytes(path.read_bytes())
    settings = [f"OUTPUT_DIR={output}", f"REFINE_PROCESSES={processes}", f"STATE_DIR={folder / 'state'}"]
    if engine != "none":
        settings.append(f"ENGINE={engine}")
    if engine == "spark":
        settings.append(f"SPARK_MASTER=local[{processes},4]")  # a task is tried four times
    command = [*SCRAPY, "replay", *(part for setting in settings for part in ("-s", setting))]
    with beside(spark if engine == "spark" else None), Watch(output, kills) as watch:
        spent = spend(command, folder / f"{engine}.log")
    return Run(engine, processes, watch.killed, replace(spent, cpu=watch.cpu), hashed(output))


@contextmanager
def beside(spark: Path | None) -> Iterator[None]:
    """Puts another PySpark before the installed one."""
    if spark:
        os.environ |= {"PYTHONPATH": str(spark), "SPARK_LOCAL_IP": "127.0.0.1"}
    try:
        yield
    finally:
        os.environ.pop("PYTHONPATH", None)


class Watch:
    """Looks five times a second at all that descends from this process, and adds up what each used while it was there.

    The kernel does not tell it: Ray waits for none of its workers. As soon as a shard more is there than when the last
    one was killed, a worker is killed, `kills` times.
    """

    def __init__(self, output: Path, kills: int):
        self.output, self.kills, self.killed = output, kills, 0
        self._ticks: dict[int, int] = {}
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def cpu(self) -> float:
        """Seconds of CPU, as far as seen."""
        return sum(self._ticks.values()) / os.sysconf("SC_CLK_TCK")

    def _watch(self) -> None:
        seen = 0
        while not self._over.wait(PAUSE):
            there = [*descendants(os.getpid())]
            for pid in there:
                with suppress(OSError):
                    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                    self._ticks[pid] = int(fields[11]) + int(fields[12])
            shards = len([*self.output.glob("engine/*/*.json")])
            if self.killed < self.kills and shards > seen and (workers := [pid for pid in there if is_worker(pid)]):
                with suppress(ProcessLookupError):
                    os.kill(workers[-1], signal.SIGKILL)
                    self.killed += 1
                    seen = shards


def descendants(pid: int) -> Iterator[int]:
    for child in children(pid):
        yield child
        yield from descendants(child)


def is_worker(pid: int) -> bool:
    """Whether a process refines: it has the name of one, and nobody below it has."""
    try:
        named = any(name in Path(f"/proc/{pid}/cmdline").read_bytes() for name in WORKERS)
    except OSError:
        return False
    return named and not any(is_worker(child) for child in children(pid))


def hashed(output: Path) -> str:
    """Sums up feeds and rejects."""
    told = hashlib.sha256()
    for path in sorted(output.glob("*.jsonl")):
        told.update(f"{path.name} {path.stat().st_size}\n".encode() + path.read_bytes())
    return told.hexdigest()


def show(issues: int, runs: list[Run]) -> None:
    """Prints a row for each run; efficiency is that of the processes beside the first row of the engine."""
    table = Table(title=f"{issues:,} issues refined, start-up included")
    for heading in ("engine", "processes", "killed", "wall s", "issues/s", "efficiency", "CPU s", "peak MB", "feeds"):
        table.add_column(heading, justify="left" if heading in ("engine", "feeds") else "right")
    first: dict[str, Run] = {}
    for run in runs:
        one, wall = first.setdefault(run.engine, run), run.spent.wall
        efficiency = one.spent.wall * one.processes / wall / run.processes
        figures = f"{wall:.1f}", f"{issues / wall:,.0f}", f"{efficiency:.2f}", f"{run.spent.cpu:.1f}"
        row = run.engine, str(run.processes), str(run.kills), *figures, f"{run.spent.megabytes:.0f}", run.feeds[:12]
        table.add_row(*row)
    console = Console(highlight=False)
    console.print(table)
    same = len({run.feeds for run in runs}) == 1
    console.print("The feeds are the same, byte for byte." if same else "The feeds are not the same.")


if __name__ == "__main__":
    raise SystemExit(main())
