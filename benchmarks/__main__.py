"""Lists the benchmarks and runs them, each in a process of its own and for a bounded time.

python -m benchmarks [NAME …] [--list] [--quick] [--json FOLDER]
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peaks import members
from benchmarks.processes import ROOT, unwind_on_terminate


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`seconds` is when a run is given up, in full and with --quick."""

    about: str
    seconds: int
    quick_seconds: int


BENCHMARKS = {
    "crawl": Benchmark(
        "the full job, scraping alone, others that download, and a bare download, side by side", 1500, 240
    ),
    "durability": Benchmark("what survives being killed, and what it costs to be able to", 2400, 180),
    "kills": Benchmark("a crawl that refines in processes, killed at random moments, or one of those", 900, 180),
    "fleet": Benchmark("one, two and four workers and a crawl alone, and what a request costs a fleet", 900, 240),
    "pages": Benchmark("issue pages a second and memory: 1, 4 and 8 browser pages, and plain requests", 600, 120),
    "replay": Benchmark("the feeds made again from the store, with one process, two and all cores", 300, 60),
    "engines": Benchmark("the feeds made again by each engine in one process and in two: the same or not", 900, 180),
    "export": Benchmark("the feeds exported in every format: megabytes a second and peak memory", 300, 90),
    "live": Benchmark("a change until it is in Parquet, a thousand at once, and kills", 900, 240),
    "tables": Benchmark("a store into tables, on one core and on all, and what a few changes cost", 900, 120),
    "lake": Benchmark("a crawled tracker row by row in its tables, and ten questions to five engines", 900, 120),
    "metrics": Benchmark("100,000 issues and pull requests into metrics, on each engine", 1500, 240),
    "receiver": Benchmark("webhooks a second, each on the disk before it is answered, and how long it waits", 300, 90),
    "search": Benchmark("an index of issues made, asked beside SQLite FTS5, and followed from the commit", 1500, 240),
    "stream": Benchmark("examples a second for a trainer, beside datasets, stopped and killed on the way", 900, 300),
    "texts": Benchmark("converters and redaction in MB/s, refining and near-duplicates, each on one core", 180, 60),
    "parts": Benchmark("what each step from page to feed costs, in one process on one core", 120, 60),
}
GRACE = 20.0  # seconds that a benchmark has to stop what it started


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}: {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    if options.list:
        for name, benchmark in BENCHMARKS.items():
            print(f"{name:10} {benchmark.about}")
        return 0
    return max(run(name, options.quick, options.json) for name in options.names or BENCHMARKS)


def run(name: str, quick: bool, folder: Path | None) -> int:
    """Runs one benchmark; 0 is success, and one that takes too long is ended and said to have failed."""
    benchmark = BENCHMARKS[name]
    limit = benchmark.quick_seconds if quick else benchmark.seconds
    command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] if quick else [])]
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        command += ["--json", str(folder / f"{name}.json")]
    print(f"\n{name}: {benchmark.about} (at most {limit} s)", flush=True)
    # A process group, so that whatever the benchmark started ends with it.
    process = subprocess.Popen(command, cwd=ROOT, process_group=0)
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        print(f"{name} was given up after {limit} s.", file=sys.stderr)
        return 1
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks a benchmark that still runs, and all it started, to end, and ends all of them if that does not help."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        # What is measured has a group of its own, which a benchmark ends where it can.
        family = list(members(process.pid)) if number == signal.SIGKILL else []
        os.killpg(process.pid, number)
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks", description="Measures what docs/performance.md claims.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHMARKS)} (all)")
    parser.add_argument("--list", action="store_true", help="say what there is, and run nothing")
    parser.add_argument("--quick", action="store_true", help="fewer issues and one round: a first impression")
    parser.add_argument("--json", type=Path, metavar="FOLDER", help="also write the figures to FOLDER/NAME.json")
    return parser


if __name__ == "__main__":
    sys.exit(main())
