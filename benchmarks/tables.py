"""A store into tables: issues a second and peak memory, and what a few changes cost.

python -m benchmarks.tables [--quick] [--issues N] [--changed N] [--short] [--json PATH]

Each run is `scrapy tables` in a process of its own. first: on one core and on all. changed: so many issues edited, most
of them young; the months that were written, their bytes, and what rsync sends. one: one issue edited. again: --rebuild
of what was merged, whose bytes are to be the same. followed: one issue, as a live crawl does it. memory: a store ten
times as small.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import zstandard
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.processes import ROOT, SCRAPY, unwind_on_terminate
from benchmarks.tables_sent import keep, sent
from fake_jira.data.generate import MadeUp
from jira_crawler.store.database import connect
from jira_crawler.store.rows import Row
from jira_crawler.store.store import Store
from jira_crawler.tables.run import bring_up

MONTHS = 60
FIRST = 1_546_300_800_000  # 1 January 2019
MONTH = 30 * 86_400_000
MODELS = 2_000  # issues that are made up; the others are like one of these, with ids and dates of their own
FETCHED = 1_800_000_000_000
YOUNG = 0.6  # of the changes are of the last three months


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    options.issues = options.issues or (5_000 if options.quick else 100_000)
    options.changed = options.changed or (50 if options.quick else 1_000)
    console, numbers = Console(stderr=True, highlight=False), {}
    shown = Table(title="Tables", box=box.MARKDOWN, title_justify="left")
    for heading in ("run", "issues/s", "s", "CPU s", "peak MB", "files", "MB written"):
        shown.add_column(heading, justify="left" if heading == "run" else "right")
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        for many in (options.issues,) if options.short else (options.issues // 10, options.issues):
            folder = Path(name) / str(many)
            folder.mkdir()
            console.print(f"Filling a store with {many:,} issues …")
            _fill(folder, many)
            for run, switches in _runs(many == options.issues, options.short):
                if run == "first, all cores":
                    shutil.rmtree(folder / "tables", ignore_errors=True)
                before = _digests(folder / "tables")
                if run in ("changed", "one"):
                    keep(folder)
                    _edit(folder, many, options.changed if run == "changed" else 1)
                told = _tables(folder, many, run, switches, before)
                if run == "again" and told["changed_files"]:
                    faults.append(f"--rebuild gave other bytes: {told['changed_files'][:3]}")
                if run in ("changed", "one"):
                    told |= sent(folder)
                    faults += [f"a copy by rsync: {wrong}" for wrong in told.pop("wrong", [])]
                numbers[f"{many} {run}"] = told
                shown.add_row(f"{many:,}: {run}", *_cells(told))
                console.print(f"{many:,} {run}: {told['seconds']:.1f} s")
            numbers[f"{many} followed"] = _followed(folder, many)
    print_ = Console(highlight=False, width=120)
    print_.print(shown)
    for name, told in numbers.items():
        if "blocks" in told:
            print_.print(
                f"{name}: {told['months']} months; whole files that differ {told['files_mb']:.1f} MB of "
                f"{told['lake_mb']:.1f}; blocks that differ {told['blocks']:.1%} of the lake"
            )
        if "rsync_sent_mb" in told:
            print_.print(
                f"{name}: rsync sent {told['rsync_sent_mb']:.2f} MB, {told['rsync_sent_mb'] / told['lake_mb']:.1%} of "
                f"the lake, of which {told['rsync_literal_mb']:.2f} MB are content"
            )
        if name.endswith("followed"):
            print_.print(f"{name}: an issue {told['cpu']:.3f} CPU s, {told['written_mb']:.2f} MB written")
    for fault in faults:
        print_.print(f"FAULT: {fault}")
    if options.json:
        options.json.write_bytes(orjson.dumps(numbers, option=orjson.OPT_INDENT_2))
    return 1 if faults else 0


def _runs(whole: bool, short: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    alone, every = ("-s", "TABLES_PROCESSES=1"), ("-s", "TABLES_PROCESSES=0")
    if not short:
        yield "first, one core", alone
    if whole:
        yield "first, all cores", every
        yield "changed", alone
        yield "one", alone
        yield "again", (*every, "--rebuild")


def _cells(told: dict[str, Any]) -> tuple[str, ...]:
    rate = f"{told['rate']:,.0f}" if told["rate"] else ""
    return (
        rate,
        f"{told['seconds']:.1f}",
        f"{told['cpu']:.1f}",
        f"{told['peak_mb']:.0f}",
        f"{len(told['changed_files']):,}",
        f"{told['written_mb']:.1f}",
    )


def _tables(folder: Path, many: int, run: str, switches: tuple[str, ...], before: dict[str, str]) -> dict[str, Any]:
    """Runs the command, and says what it took and which files are others than before."""
    command = [*SCRAPY, "tables", "-s", f"OUTPUT_DIR={folder}", "-s", "LOG_LEVEL=ERROR", *switches]
    watched = [sys.executable, "-c", WATCHED, str(folder / "log"), *command]
    done = subprocess.run(watched, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])
    seconds, cpu, peak = map(float, done.stdout.split())
    after = _digests(folder / "tables")
    changed = sorted(name for name, digest in after.items() if before.get(name) != digest)
    size = sum((folder / "tables" / name).stat().st_size for name in changed)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "peak_mb": peak,
        "rate": many / seconds if run.startswith(("first", "again")) else None,
        "changed_files": changed,
        "months": len({name.rpartition("/")[2] for name in changed if name.endswith(".parquet")}),
        "written_mb": size / 1e6,
    }


# Runs a command from a process that is smaller, and says: seconds, seconds of the processor with those of all that it
# started, megabytes of the largest of them.
WATCHED = """
import sys
from pathlib import Path
from benchmarks.processes import spend
spent = spend(sys.argv[2:], Path(sys.argv[1]))
print(spent.wall, spent.cpu, max(spent.megabytes, spent.workers_megabytes))
"""


def _digests(folder: Path) -> dict[str, str]:
    if not folder.exists():
        return {}
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


def _followed(folder: Path, many: int) -> dict[str, Any]:
    """Edits one issue at a time as a live crawl does: in a process that goes on, trusting what is remembered."""
    seconds = []
    for run in range(7):
        written = bring_up(folder, "", redacted=False, processes=1, trusting=True)
        if run < 2:
            time.sleep(2.5)  # until what was written is old enough to be remembered
        _edit(folder, many, 1, f"followed {run}")
        began, used = time.monotonic(), time.process_time()
        written = bring_up(folder, "", redacted=False, processes=1, trusting=True)
        seconds.append((time.process_time() - used, time.monotonic() - began))
    cpu, wall = (statistics.median(each) for each in zip(*seconds[2:], strict=True))
    return {"cpu": cpu, "seconds": wall, "written_mb": written.bytes / 1e6}


def _fill(folder: Path, many: int) -> None:
    """Makes a store of issues like those of the sandbox, spread over five years."""
    store = Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))
    rows = _rows(many)
    while some := list(islice(rows, 2_000)):
        store.save(some, {})
    store.close()


def _rows(many: int) -> Iterator[Row]:
    models = list(MadeUp(min(many, MODELS), 1, ("DEMO", "TOOLS"), "server", "https://jira.example").issues())
    step = MONTHS * MONTH // many
    for number in range(1, many + 1):
        made = models[number % len(models)]
        yield _row(number, made, FIRST + number * step)


def _row(number: int, made: dict[str, Any], created: int, edit: int = 0) -> Row:
    project = made["key"].partition("-")[0]
    summary = f"{made['fields']['summary']} ({number}{f', edit {edit}' if edit else ''})"
    stamp = f"{datetime.fromtimestamp(created / 1000, UTC):%Y-%m-%dT%H:%M:%S}.000+0000"
    fields = made["fields"] | {"summary": summary, "created": stamp}
    payload = orjson.dumps(
        {"id": str(number), "key": f"{project}-{number}", "fields": fields, "changelog": made["changelog"]}
    )
    return Row(
        site="made-up",
        id=str(number),
        number=number,
        crawled_project=project,
        project=project,
        key=f"{project}-{number}",
        base_url="https://jira.example",
        dialect="server",
        created=created,
        updated=created + edit,
        fetched_at=FETCHED + edit,
        run=1,
        version=f"{number} {edit}",
        content=f"{number}",
        payload=payload,
        stage="Score",
        reason="made up",
    )


def _edit(folder: Path, many: int, changed: int, named: str = "") -> None:
    """Edits issues, most of them young."""
    chance = random.Random(f"{changed} {named}")
    store = Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))
    young = many - many * 3 // MONTHS
    numbers = {
        chance.randrange(young, many + 1) if chance.random() < YOUNG else chance.randrange(1, many + 1)
        for _ in range(changed)
    }
    rows = []
    for number in sorted(numbers):
        row = store.row("made-up", str(number))
        assert row
        sent = orjson.loads(zstandard.decompress(row.payload))
        sent["fields"]["summary"] += f", edit {changed} {named}"
        rows.append(
            replace(
                row,
                payload=orjson.dumps(sent),
                version=f"{row.version} {changed} {named}",
                fetched_at=row.fetched_at + 1000,
            )
        )
    store.save(rows, {})
    store.close()


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.tables", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of everything")
    parser.add_argument("--issues", type=int, default=0, help="issues in the store (100000)")
    parser.add_argument("--changed", type=int, default=0, help="issues to edit (1000)")
    parser.add_argument("--short", action="store_true", help="no smaller store, and nothing first on one core")
    parser.add_argument("--json", type=Path, default=None, help="where to write the figures")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
