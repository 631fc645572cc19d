"""Examples a second for a trainer: `Samples` over a folder and over a server, and `datasets` streaming the same feeds.

python -m benchmarks.stream [--quick] [--examples N] [--kills N] [--json PATH]

Each job is a process of its own, and counts its own CPU seconds. Then both are stopped in the middle and go on from
what they have saved, first with the feeds as they were, then after a twentieth of the issues was edited and as many
were removed, and the feeds put in order. At the end a trainer is killed again and again (`benchmarks.stream_kills`).
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.export import make_up
from benchmarks.processes import ROOT, environment, unwind_on_terminate
from benchmarks.stream_kills import trial
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.feeds.pull import Pull
from jira_crawler.serve.application import Guard, application
from jira_crawler.serve.pull import PullPages
from jira_crawler.serve.server import Server
from jira_crawler.stream import Samples
from tests.rows import row

SHARE = 20  # one issue of so many is edited, and another one removed
BUFFER = 10_000  # examples that `datasets` shuffles among
JOBS = {
    "samples": "Samples, shuffled",
    "split": "Samples, shuffled, train alone",
    "server": "Samples of a server, shuffled",
    "datasets": "datasets, streaming",
    "shuffled": f"datasets, streaming, a shuffle buffer of {BUFFER:,}",
}
STOPPED = ("samples", "datasets", "shuffled")  # jobs that are stopped in the middle
console = Console(highlight=False)


def main() -> int:
    unwind_on_terminate()
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5,000 examples and 3 kills")
    parser.add_argument("--examples", type=int, default=0, help="how many examples (50,000)")
    parser.add_argument("--kills", type=int, default=0, help="how often the trainer is killed (30)")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--job", nargs=3, metavar=("JOB", "PLACE", "STATE"), help="be one of the jobs")
    options = parser.parse_args()
    if options.job:
        print(json.dumps(job(*options.job)))
        return 0
    examples = options.examples or (5_000 if options.quick else 50_000)
    with TemporaryDirectory(prefix="benchmark-") as name:
        home = Path(name)
        make_up(home / "output", examples)
        speed = {kind: measured(kind, home) for kind in JOBS}
        resumed = {kind: stopped(kind, home) for kind in STOPPED}
        change(home / "output")
        changed = {kind: gone_on(kind, home) for kind in STOPPED}
        verdict = trial(home / "trial", options.kills or (3 if options.quick else 30), 1)
    show(speed, resumed, changed)
    console.print(verdict.sentence, soft_wrap=True)
    if options.json:
        figures = {"speed": speed, "resumed": resumed, "changed": changed, "kills": verdict.figures}
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    right = verdict.is_right and not any(resumed["samples"][what] for what in ("twice", "missing"))
    return 0 if right and not any(changed["samples"][what] for what in ("twice", "missing", "stale")) else 1


# --- one job, in a process of its own


def job(kind: str, place: str, state: str) -> dict[str, Any]:
    """Iterates to the end, or to half of it where a state is to be saved, or on from a state."""
    if kind in ("datasets", "shuffled"):
        import datasets

        datasets.disable_progress_bars()
    began, spent = time.monotonic(), cpu()
    examples, save = opened(kind, place, state)
    at_half = not Path(state).exists() and state != "-"
    ids: list[str] = []
    first = 0.0
    half = count(place) // 2 if at_half else None
    for example in islice(examples, half):
        if not ids:
            first = time.monotonic() - began
        ids.append(f"{example['id']} {hash_of(example)}")
    if at_half:
        Path(state).write_text(json.dumps(save()))
    figures = {"examples": len(ids), "cpu": cpu() - spent, "wall": time.monotonic() - began, "first": first}
    if state != "-":
        Path(f"{state}.{'first' if at_half else 'then'}").write_text("\n".join(ids))
    figures["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def opened(kind: str, place: str, state: str) -> tuple[Iterator[Any], Callable[[], Any]]:
    """Begins to read, from a state if there is one; gives what saves the next one, too."""
    known = json.loads(Path(state).read_text()) if state != "-" and Path(state).exists() else None
    if kind in ("datasets", "shuffled"):
        from datasets import load_dataset

        feeds = sorted(str(path) for path in Path(place).glob("*.jsonl"))
        rows: Any = load_dataset("json", data_files=feeds, split="train", streaming=True)
        rows = rows.shuffle(seed=1, buffer_size=BUFFER) if kind == "shuffled" else rows
        if known:
            rows.load_state_dict(known)
        return iter(rows), rows.state_dict
    samples = Samples(place, split="train" if kind == "split" else None, seed=1)
    if known:
        samples.load_state_dict(known)
    return iter(samples), samples.state_dict


def count(place: str) -> int:
    return sum(path.read_bytes().count(b"\n") for path in Path(place).glob("*.jsonl"))


def hash_of(example: dict[str, Any]) -> str:
    """Tells an edited example from what it was, in few characters."""
    return str(example["output"])[:12].replace("\n", " ")


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


# --- all of them


def run(kind: str, place: str, state: str = "-") -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.stream", "--job", kind, place, state]
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment() | offline, stdout=subprocess.PIPE, check=True, text=True, timeout=900
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measured(kind: str, home: Path) -> dict[str, Any]:
    if kind != "server":
        return run(kind, str(home / "output"))
    with served(home / "output") as url:
        return run(kind, url)


def stopped(kind: str, home: Path) -> dict[str, Any]:
    """Stops a job in the middle and lets another process go on: what was given twice, and what never."""
    place, state = str(home / "output"), str(home / f"{kind}.json")
    run(kind, place, state)
    Path(f"{state}.first").rename(home / f"{kind}.half")
    figures = run(kind, place, state)
    given = Counter((home / f"{kind}.half").read_text().split("\n") + Path(f"{state}.then").read_text().split("\n"))
    there = set(lines_of(home / "output"))
    return figures | {"twice": sum(each - 1 for each in given.values()), "missing": len(there - given.keys())}


def gone_on(kind: str, home: Path) -> dict[str, Any]:
    """Goes on from the same state after issues have changed."""
    place, state = home / "output", home / f"{kind}.json"
    figures = run(kind, str(place), str(state))
    before, after = (path.read_text().split("\n") for path in (home / f"{kind}.half", Path(f"{state}.then")))
    there = set(lines_of(place))
    ids = Counter(each.partition(" ")[0] for each in (*before, *after))
    known = {each.partition(" ")[0] for each in there}
    return figures | {
        "twice": sum(each - 1 for each in ids.values()),
        "missing": len(known - ids.keys()),
        "stale": len([each for each in after if each and each not in there]),
    }


def lines_of(folder: Path) -> Iterator[str]:
    """What the store calls the lines of its feeds by now, as jobs name them."""
    pull = Pull.open(folder)
    page = pull.page(most=10_000)
    while True:
        for line in map(orjson.loads, page.lines):
            yield f"{line['id']} {hash_of(line)}"
        if page.is_last:
            break
        page = pull.page(page.cursor, most=10_000)
    pull.close()


def change(folder: Path) -> None:
    """Edits some issues and removes others, as a crawl does, and puts the feeds in order, as it does at its end."""
    dataset = Dataset(folder)
    for name, (length, _) in dataset.store.feed_index.all().items():
        assert length
        for at, (site, id_, offset, size) in enumerate(list(dataset.store.feed_index.live(name))):
            if at % SHARE == 0:
                with (folder / name).open("rb") as file:
                    file.seek(offset)
                    lines = [orjson.loads(line) for line in file.read(size).splitlines()]
                for line in lines:
                    line["output"] = f"edited {line['output']}"
                raw = b"".join(orjson.dumps(line) + b"\n" for line in lines)
                project = lines[0]["metadata"]["project"]
                dataset.record(row(int(id_), project, version="edited", examples=10), raw)
            elif at % SHARE == 1:
                dataset.store.progress.remove(site, id_, "deleted")
    dataset.commit()
    dataset.compact()
    dataset.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Answers in a thread of this process, whose CPU is not counted."""
    loop, pull = asyncio.new_event_loop(), Pull.open(folder)

    async def start() -> Server:
        server = Server(application([], PullPages(pull).routes(), guard=Guard("", "127.0.0.1")), "127.0.0.1", 0)
        await server.start()
        return server

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(start(), loop).result()
        yield server.url
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        pull.close()


def show(speed: dict[str, Any], resumed: dict[str, Any], changed: dict[str, Any]) -> None:
    table = Table(title="one epoch, start-up of the process not counted")
    for heading in ("job", "examples", "CPU s", "examples a CPU s", "until the first, s", "peak MB"):
        table.add_column(heading, justify="left" if heading == "job" else "right")
    for kind, each in speed.items():
        rate = f"{each['examples'] / each['cpu']:,.0f}"
        cells = (f"{each['examples']:,}", f"{each['cpu']:.1f}", rate, f"{each['first']:.1f}", f"{each['mb']:.0f}")
        table.add_row(JOBS[kind], *cells)
    console.print(table)
    table = Table(title="stopped in the middle, and gone on")
    headings = ("job", "until the first, s", "twice", "missing", "changed: twice", "missing", "as it was")
    for at, heading in enumerate(headings):
        table.add_column(heading, justify="right" if at else "left")
    for kind, each in resumed.items():
        then = changed[kind]
        counts = (each["twice"], each["missing"], then["twice"], then["missing"], then["stale"])
        table.add_row(JOBS[kind], f"{each['first']:.1f}", *(f"{number:,}" for number in counts))
    console.print(table)


if __name__ == "__main__":
    raise SystemExit(main())
