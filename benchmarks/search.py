"""An index of a folder's issues: how fast it is made, how long questions take beside SQLite, when a commit is found.

python -m benchmarks.search [--quick] [--issues N] [--edits N] [--no-live] [--json PATH]

The feeds are made up: lines of a few thousand sandbox issues that were really refined, each time with ids, dates and
rare words of their own. FTS5 gets the same words in the same fields, and answers the first twenty by its own BM25, with
counts by status and without snippets; where a question asks for fields, they are columns of a table beside it. Each
engine answers from one process, on one core. CPU seconds are the figures to trust on a machine that others use.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import search_sqlite
from benchmarks.processes import unwind_on_terminate
from benchmarks.search_feeds import FEED, fill
from benchmarks.search_live import live
from benchmarks.search_sqlite import SHOWN, asked_of, spent
from jira_crawler.search.asking import Asked, ask, similar
from jira_crawler.search.document import Document
from jira_crawler.search.embedded import EmbeddedSink
from jira_crawler.search.engine import Engine
from jira_crawler.search.run import Keeper, Place
from jira_crawler.search.source import Documents
from jira_crawler.store.rows import Row
from jira_crawler.store.store import Store

EACH = 10  # questions of a kind
AGAIN = 5  # times that each is asked
Question = tuple[str, str]  # as we read it, and as FTS5 does; "" where that has nothing like it


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    many = options.issues or (5_000 if options.quick else 100_000)
    edits = options.edits or (20 if options.quick else 200)
    console = Console(stderr=True, highlight=False)
    found: dict[str, Any] = {"issues": many}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        place = Place(output=Path(name))
        console.print(f"Filling feeds with {many:,} issues …")
        fill(place.output, many)
        found |= build(place, many)
        console.print(f"built: {found}")
        with closing(place.engine()) as engine, closing(sqlite3.connect(Path(name) / "fts.sqlite")) as fts:
            found |= search_sqlite.fill(place, fts)
            found["questions"] = questions(engine, fts, place, many)
        found["committed"] = committed(place, edits)
        console.print(f"committed: {found['committed']}")
        if not options.no_live:
            found["live"] = live(Path(name) / "live", 10 if options.quick else 60)
    show(found)
    if options.json:
        options.json.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    return 0


def build(place: Place, many: int) -> dict[str, Any]:
    """Makes the index as `scrapy search --rebuild` does, and then each half of that alone."""
    store = place.store()
    keeper = Keeper(place, store)
    wall, cpu = spent(keeper.up)
    keeper.close()
    rows = [row for chunk in islice(store.chunks(500), 10) for row in chunk]
    source = Documents(place.output)
    made: list[Document] = []
    _, made_cpu = spent(lambda: made.extend(source.of(rows, 1)))
    folder = place.output / "half"
    sink = EmbeddedSink(folder)

    def put() -> None:
        sink.begin("half")
        sink.put(made)
        sink.commit(1)

    _, put_cpu = spent(put)
    sink.close()
    store.close()
    size = sum(path.stat().st_size for path in place.folder.rglob("*") if path.is_file())
    characters = sum(len(each.title) + len(each.description) + sum(map(len, each.comments)) for each in made)
    return {
        "seconds": wall,
        "cpu": cpu,
        "per_core": many / cpu,
        "made_per_core": len(made) / made_cpu,
        "put_per_core": len(made) / put_cpu,
        "refined": source.refined,
        "characters": characters / len(made),
        "megabytes": size / 1e6,
    }


def questions(engine: Engine, fts: sqlite3.Connection, place: Place, many: int) -> dict[str, Any]:
    """Asks ten questions of each kind again and again; facets and snippets are made, as for a person."""
    found = {}
    for kind, asked in kinds(place, many).items():
        ours, theirs, fits = [], [], []
        for question, match in asked:
            for _ in range(AGAIN):
                fit, spent = _answered(partial(_asked, engine, question))
                fits.append(fit)
                ours.append(spent)
                if match:
                    theirs.append(_answered(partial(asked_of, fts, match))[1])
        found[kind] = {"fits": median(fits), "ours": _both(ours), **({"fts": _both(theirs)} if theirs else {})}
    return found


def kinds(place: Place, many: int) -> dict[str, list[Question]]:
    chance = random.Random(2)
    store = place.store()
    rows = [row for chunk in islice(store.chunks(500), 4) for row in chunk]
    titles = [each.title.split() for each in Documents(place.output).of(rows, 1)]
    comments = [comment.split() for each in Documents(place.output).of(rows, 1) for comment in each.comments[-1:]]
    store.close()

    def word() -> str:
        return chance.choice([each for each in chance.choice(titles) if len(each) > 4 and each.isalpha()] or ["cursor"])

    def rare() -> str:
        return chance.choice(chance.choice(comments))

    def pair(words: list[str]) -> str:
        at = chance.randrange(max(1, len(words) - 1))
        return " ".join(words[at : at + 2])

    made: dict[str, list[Question]] = {
        name: []
        for name in (
            *(
                "rare word",
                "frequent word",
                "two words",
                "one or another",
                "phrase",
                "one without another",
                "in the title",
            ),
            *("word, status", "word, quality", "quality alone", "code name", "similar"),
        )
    }
    for _ in range(EACH):
        a, b = word(), word()
        phrase = pair(chance.choice(titles))
        made["rare word"].append(((r := rare()), r))
        made["frequent word"].append((a, a))
        made["two words"].append((f"{a} {b}", f"{a} AND {b}"))
        made["one or another"].append((f"{a} OR {b}", f"{a} OR {b}"))
        made["phrase"].append((f'"{phrase}"', f'"{phrase}"'))
        made["one without another"].append((f"{a} NOT {b}", f"{a} NOT {b}"))
        made["in the title"].append((f"title:{a}", f"title : {a}"))
        made["word, status"].append((f"{a} status:resolved", f"{a}\tstatus = 'Resolved'"))
        made["word, quality"].append((f"{a} quality:>=0.7", f"{a}\tquality >= 0.7"))
        low = round(chance.uniform(0.3, 0.9), 2)
        made["quality alone"].append(
            (f"quality:[{low} TO {low + 0.05:.2f}]", f"\tquality BETWEEN {low} AND {low + 0.05}")
        )
        made["code name"].append((f"code:{chance.choice(('IOException', 'ConnectorParser', 'CacheTokenizer'))}", ""))
        made["similar"].append((f"similar {chance.choice(rows).key}", ""))
    return made


def _asked(engine: Engine, question: str) -> int:
    if question.startswith("similar "):
        return similar(engine, question.partition(" ")[2]).total
    return ask(engine, Asked(question=question, n=SHOWN)).total


def committed(place: Place, edits: int) -> dict[str, dict[str, float]]:
    """Edits one issue after the other in an index of full size; how long after its commit each is found."""
    chance = random.Random(3)
    store = place.store()
    rows = [row for chunk in islice(store.chunks(500), 4) for row in chunk]
    keeper = Keeper(place, store)
    keeper.up()
    took = []
    with closing(place.engine()) as engine:
        for number in range(edits):
            row = chance.choice(rows)
            _edit(place.output, store, row, f"edited{number}")

            def found(word: str = f"edited{number}") -> None:
                keeper.up()
                assert ask(engine, Asked(question=word, facets=False)).total == 1

            took.append(spent(found))
    keeper.close()
    store.close()
    return _both(took)


def _edit(folder: Path, store: Store, row: Row, word: str) -> None:
    path = folder / FEED
    with path.open("rb") as feed:
        feed.seek(row.offset or 0)
        line = orjson.loads(feed.read(row.length or 0))
    line["output"] = line["output"].replace("\n\n", f" {word}\n\n", 1)
    data = orjson.dumps(line) + b"\n"
    length = path.stat().st_size
    with path.open("ab") as feed:
        feed.write(data)
    fresh = replace(row, offset=length, length=len(data), version=word, lines=word)
    store.save([fresh], {FEED: length + len(data)})


def _answered(ask: Callable[[], int]) -> tuple[int, tuple[float, float]]:
    wall, cpu = time.perf_counter(), time.process_time()
    many = ask()
    return many, (time.perf_counter() - wall, time.process_time() - cpu)


def _both(took: list[tuple[float, float]]) -> dict[str, dict[str, float]]:
    wall, cpu = ([each * 1000 for each in side] for side in zip(*took, strict=True))
    return {"wall": _of(wall), "cpu": _of(cpu)}


def _of(took: list[float]) -> dict[str, float]:
    return {"p50": median(took), "p95": quantiles(took, n=20)[-1], "worst": max(took)}


def show(found: dict[str, Any]) -> None:
    console = Console(highlight=False, width=120)
    console.print(
        f"{found['issues']:,} issues of {found['characters']:,.0f} characters: {found['seconds']:.1f} s, "
        f"{found['cpu']:.1f} CPU s, {found['per_core']:,.0f} a second and core; documents alone "
        f"{found['made_per_core']:,.0f}, the engine alone {found['put_per_core']:,.0f}; {found['megabytes']:.0f} MB. "
        f"FTS5 from the same documents: {found['fts_cpu']:.1f} CPU s.",
        soft_wrap=True,
    )
    table = Table(title="Questions, ms of CPU (of wall clock)", box=box.MARKDOWN, title_justify="left")
    for heading in ("kind", "fit", "p50", "p95", "FTS5 p50", "FTS5 p95"):
        table.add_column(heading, justify="left" if heading == "kind" else "right")
    for kind, each in found["questions"].items():
        cells = [
            f"{side['cpu'][name]:.2f} ({side['wall'][name]:.2f})" if side else ""
            for side in (each["ours"], each.get("fts"))
            for name in ("p50", "p95")
        ]
        table.add_row(kind, f"{each['fits']:,.0f}", *cells)
    console.print(table)
    for clock, told in found["committed"].items():
        said = ", ".join(f"{name} {value:.1f}" for name, value in told.items())
        console.print(f"From the commit until it is found, ms of {clock}: {said}.")
    if lived := found.get("live"):
        said = ", ".join(f"{name} {value:,.0f}" for name, value in lived.items())
        console.print(f"The same in a live crawl, over HTTP, ms: {said}.")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5,000 issues")
    parser.add_argument("--issues", type=int, default=0, help="how many issues (100,000)")
    parser.add_argument("--edits", type=int, default=0, help="commits that are waited for (200)")
    parser.add_argument("--no-live", action="store_true", help="without a live crawl")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    return parser


if __name__ == "__main__":
    sys.exit(main())
