"""A crawled tracker as tables: every row as the tracker has it, and five engines that give ten answers.

python -m benchmarks.lake [--quick] [--issues N] [--seed N] [--json PATH]

A sandbox in the shape of Cloud is crawled with histories, comments, worklogs, links, files and links to elsewhere. Then
each table is held against what the sandbox has, and each question is put to each engine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.lake_queries import QUERIES, engines
from benchmarks.lake_truth import held, true
from benchmarks.processes import SCRAPY, spend, unwind_on_terminate
from fake_jira import running


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    many = options.issues or (1_000 if options.quick else 20_000)
    console, faults = Console(stderr=True, highlight=False), list[str]()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        with running(issues=many, dialect="cloud", seed=options.seed, file_bytes=2_000) as sandbox:
            console.print(sandbox.sentence())
            spent = spend(_crawl(sandbox.url, folder), folder / "log")
            expected = true(sandbox)
        console.print(f"Crawled: {spent.wall:.0f} s, {spent.cpu:.0f} CPU s, {spent.megabytes:.0f} MB at most")
        found = held(folder / "tables")
        shown = Table("table", "rows", "missing", "beyond", title="Rows", box=box.MARKDOWN, title_justify="left")
        rows = {}
        for table, them in expected.items():
            rows[table] = them.total()
            missing, beyond = (them - found[table]).total(), (found[table] - them).total()
            shown.add_row(table, *(f"{number:,}" for number in (them.total(), missing, beyond)))
            if missing or beyond:
                faults.append(f"{table}: {missing} rows are missing, {beyond} are too many.")
        seconds = _ask(folder / "tables", faults)
    answers = Table("question", *next(iter(seconds.values())), title="Seconds", box=box.MARKDOWN, title_justify="left")
    for question, by_engine in seconds.items():
        answers.add_row(question, *(f"{each:.3f}" for each in by_engine.values()))
    for each in (shown, answers):
        Console(highlight=False).print(each)
    for fault in faults:
        print(f"FAULT: {fault}")
    if options.json:
        told = {"crawl": spent.wall, "rows": rows, "seconds": seconds, "faults": faults}
        options.json.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    return 1 if faults else 0


def _crawl(url: str, folder: Path) -> list[str]:
    arguments = ["site=" + url, "projects=DEMO,TOOLS", "remote_links=true", "attachments=true"]
    settings = ["TABLES=1", f"OUTPUT_DIR={folder}", f"STATE_DIR={folder}/state", "LOG_LEVEL=WARNING"]
    switches = [*(("-a", each) for each in arguments), *(("-s", each) for each in settings)]
    return [*SCRAPY, "crawl", "jira", *(part for switch in switches for part in switch)]


def _ask(folder: Path, faults: list[str]) -> dict[str, dict[str, float]]:
    """Puts every question to every engine, and says how long each of them took."""
    seconds: dict[str, dict[str, float]] = {}
    with engines(folder) as asking:
        for name, query in QUERIES.items():
            answers: dict[str, Any] = {}
            for engine, ask in asking.items():
                began = time.monotonic()
                answers[engine] = ask(query)
                seconds.setdefault(name, {})[engine] = time.monotonic() - began
            first, *others = answers.values()
            if not first or any(each != first for each in others):
                faults.append(f"{name}: the engines do not agree.")
    return seconds


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.lake")
    parser.add_argument("--quick", action="store_true", help="a thousand issues")
    parser.add_argument("--issues", type=int, default=0, help="issues of the tracker (20000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, default=None, help="where to write the figures")
    return parser


if __name__ == "__main__":
    sys.exit(main())
