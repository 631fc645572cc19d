"""Metrics of 100,000 issues and pull requests in seconds by engine, and those of recorded repositories against files.

python -m benchmarks.metrics [--quick] [--issues N] [--spark HOME_OR_URL] [--recorded FOLDER] [--json PATH]

`--spark` is a Spark that runs (sc://…), or the folder of one (SPARK_HOME) that is started here with Java; without it
only Sail stands for Spark. With `--recorded` nothing is measured: figures of what was recorded are held against a few
lines of DuckDB over the files.
"""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.metrics_recorded import loaded, repositories
from benchmarks.metrics_spark import spark
from benchmarks.metrics_truth import Figures, itself, truth
from benchmarks.processes import unwind_on_terminate
from jira_crawler.metrics.choice import opened
from jira_crawler.metrics.engine import Where
from jira_crawler.metrics.gold import Gold
from jira_crawler.metrics.readings import METRICS
from jira_crawler.metrics.run import compute
from tests.github_tables import made_up
from tests.servers import postgres, sail

DAY = 86_400


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    faults, told = list[str](), dict[str, Any]()
    if options.recorded:
        shown, told = _recorded(options.recorded, faults)
    else:
        shown, told = _timed(options.issues or (5_000 if options.quick else 100_000), options.spark, faults)
    Console(highlight=False).print(shown)
    for fault in faults:
        print(f"FAULT: {fault}")
    if options.json:
        options.json.write_bytes(orjson.dumps({"figures": told, "faults": faults}, option=orjson.OPT_INDENT_2))
    return 1 if faults else 0


def _timed(many: int, wanted: str, faults: list[str]) -> tuple[Table, dict[str, list[float]]]:
    """Asks every engine twice, the second time with nothing changed; all have to say the same."""
    shown = Table("engine", "first, s", "again, s", title=f"{many:,} issues and pull requests", box=box.MARKDOWN)
    told, first = dict[str, list[float]](), list[Gold]()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, ExitStack() as stack:
        tables = str(made_up(many).write(Path(name) / "tables"))
        for label, engine, start in _engines(tables, wanted):
            where = stack.enter_context(start())
            seconds = []
            for _ in range(2):
                began = time.monotonic()
                with opened(engine, where) as asked:
                    _, rows = compute(asked, list(METRICS))
                    asked.keep(rows)
                seconds.append(time.monotonic() - began)
                if rows != (first := first or rows):
                    faults.append(f"{label} says something else than the engine before it.")
            told[label] = seconds
            shown.add_row(label, *(f"{each:.1f}" for each in seconds))
            print(label, *(f"{each:.1f} s" for each in seconds), file=sys.stderr, flush=True)
    return shown, told


def _engines(tables: str, wanted: str) -> Iterator[tuple[str, str, Callable[[], AbstractContextManager[Where]]]]:
    @contextmanager
    def here() -> Iterator[Where]:
        yield Where(tables)

    @contextmanager
    def in_postgres() -> Iterator[Where]:
        with postgres.running(durable=True) as server:
            yield Where(tables, postgres=server.create())

    @contextmanager
    def in_sail() -> Iterator[Where]:
        with sail.running() as url:
            yield Where(tables, spark=url)

    @contextmanager
    def in_spark() -> Iterator[Where]:
        with spark(wanted) as url:
            yield Where(tables, spark=url)

    yield "DuckDB", "duckdb", here
    yield "Postgres, filled first", "postgres", in_postgres
    yield "Sail", "spark", in_sail
    if wanted:
        yield "Spark", "spark", in_spark


def _recorded(folder: Path, faults: list[str]) -> tuple[Table, dict[str, dict[str, Figures]]]:
    """Computes metrics of every recorded repository in a folder, and holds each figure against the files."""
    shown = Table("repository", "reading", "n", "mean", "median", title="Recorded", box=box.MARKDOWN)
    told = dict[str, dict[str, Figures]]()
    for name, path in repositories(folder):
        with tempfile.TemporaryDirectory(prefix="benchmark-") as temporary:
            where = Where(str(loaded(path).write(Path(temporary))))
            with opened("duckdb", where) as asked:
                rows = compute(asked, list(METRICS))[1]
        ours = {_key(row): (row.n, row.sum, row.mean, row.median) for row in rows}
        wanted = truth(path)
        for key, figures in wanted.items():
            if not _is_same(ours.get(key, (0, 0, None, None)), figures):
                faults.append(f"{name}: {key} is {ours.get(key)} here, and {figures} in the files.")
        levels = {("lines", "milestone"), ("labels", "label")}
        beyond = [key for key in ours if key not in wanted and (key[0], key[1]) in levels]
        faults += [f"{name}: {key} is nothing in the files." for key in beyond]
        told[name] = {reading: figures for (reading, by, _), figures in wanted.items() if by == "all"}
        told[name]["itself"] = itself(path)
        for reading, (n, _, mean, median) in told[name].items():
            unit = DAY if reading in _IN_DAYS else 1
            shown.add_row(
                name, reading, f"{n:,}", *(f"{each / unit:.1f}" if each is not None else "–" for each in (mean, median))
            )
    if not told:
        faults.append(f"There is nothing recorded in {folder}.")
    return shown, told


_IN_DAYS = {"closed", "merged", "with_still_open", "still_open", "reference", "reference_first", "itself"}


def _key(row: Gold) -> tuple[str, str, str | None]:
    return ("merged_lines" if (row.metric, row.reading) == ("lines", "merged") else row.reading), row.level, row.part


def _is_same(ours: Figures, theirs: Figures) -> bool:
    """Counts, sums and medians are the same to the last unit; the last digits of a mean of DuckDB's may differ."""
    return (*ours[:2], ours[3]) == (*theirs[:2], theirs[3]) and f"{ours[2] or 0:.9g}" == f"{theirs[2] or 0:.9g}"


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.metrics")
    parser.add_argument("--quick", action="store_true", help="five thousand issues")
    parser.add_argument("--issues", type=int, default=0, help="issues and pull requests (100000)")
    parser.add_argument("--spark", default="", metavar="HOME_OR_URL", help="a Spark that runs, or one to start")
    parser.add_argument(
        "--recorded", type=Path, default=None, metavar="FOLDER", help="hold recorded ones against files"
    )
    parser.add_argument("--json", type=Path, default=None, help="where to write the figures")
    return parser


if __name__ == "__main__":
    sys.exit(main())
