"""What becomes of texts, each step alone on one core: converters and redaction in MB/s, issues and documents a second.

python -m benchmarks.texts [--quick] [--texts N] [--rounds N] [--seed S] [--json PATH]

Texts and issues are made up: the same texts in each markup, issues of about 20 kB of JSON with eight comments, and
documents of which a tenth is a near-duplicate of another. Figures are medians of the rounds, in CPU time.
"""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.parts import BASE, made_up_pages
from benchmarks.processes import unwind_on_terminate
from fake_jira.data import adf, html, wiki
from fake_jira.data.blocks import Block
from fake_jira.data.prose import Writer
from jira_crawler.converters import to_markdown
from jira_crawler.items import Format, RawIssue
from jira_crawler.policy import DEFAULTS
from jira_crawler.redaction.redact import redact
from jira_crawler.refine.chain import refine
from jira_crawler.text.clusters import clusters
from jira_crawler.text.minhash import minhash
from jira_crawler.trackers import tracker

WRITERS: dict[Format, Callable[[list[Block]], str]] = {
    "wiki": wiki.write,
    "html": html.write,
    "adf": lambda blocks: json.dumps(adf.write(blocks)),
}
SIZE = 20_000  # bytes of an issue's JSON
COMMENTS = 8
FEWEST, MOST = 8, 10  # comments of an issue that has about this size in an embedded Jira


class Figure(NamedTuple):
    """`amount` is what was worked through in one round, in `unit`s; `seconds` are those of each round."""

    what: str
    amount: float
    unit: str
    seconds: list[float]
    aim: float

    @property
    def rate(self) -> float:
        return self.amount / median(self.seconds)


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    figures = list(measured(options.texts, options.rounds, options.seed))
    show(figures, options.rounds)
    if options.json:
        options.json.write_text(json.dumps([figure._asdict() for figure in figures], indent=2) + "\n")
    return 0


def measured(texts: int, rounds: int, seed: int) -> Iterator[Figure]:
    """Measures one step after the other, each with the same texts."""
    bodies = [Writer(Random(seed + number)).description() for number in range(texts)]
    for name, aim in (("wiki", 10), ("html", 15), ("adf", 40)):
        yield converter(name, bodies, rounds, aim)  # type: ignore[arg-type]
    markdown = [to_markdown(wiki.write(body), "wiki") for body in bodies]
    size = sum(map(len, markdown)) / 1e6
    yield Figure("redaction of secrets", size, "MB", timed(lambda: [redact(text) for text in markdown], rounds), 0)
    yield refining(f"issues of {SIZE // 1000} kB, {FEWEST} to {MOST} comments", usual(texts, seed), rounds, 300)
    wordy = [stored(number, seed) for number in range(texts // 10)]
    yield refining(f"issues of {SIZE // 1000} kB, all of it text", wordy, rounds, 0)
    copies = [f"{text}\n\nSeen again." for text in markdown[::10]]
    documents = markdown + copies
    yield Figure("sketches", len(documents), "docs", timed(lambda: list(map(minhash, documents)), rounds), 0)
    sketches = list(map(minhash, documents))
    yield Figure("clusters of near-duplicates", len(documents), "docs", timed(lambda: clusters(sketches), rounds), 0)


def converter(name: Format, bodies: list[list[Block]], rounds: int, aim: float) -> Figure:
    sources = [WRITERS[name](body) for body in bodies]
    size = sum(len(source.encode()) for source in sources) / 1e6
    return Figure(name, size, "MB", timed(lambda: [to_markdown(source, name) for source in sources], rounds), aim)


def refining(what: str, issues: list[RawIssue], rounds: int, aim: float) -> Figure:
    """Measures everything from Validate to the lines of a feed, but for the look at what is stored."""
    seconds = timed(lambda: [refine(issue, DEFAULTS) for issue in issues], rounds)
    return Figure(f"refining {what}", len(issues), "issues", seconds, aim)


def usual(texts: int, seed: int) -> list[RawIssue]:
    """Takes the issues with eight to ten comments from an embedded Jira, with all fields and their history."""
    speaks = tracker("server", BASE)
    issues = [issue for page in made_up_pages(texts, seed) for issue in speaks.read_page(page).issues]
    return [
        as_sent(issue.id, issue.key, issue.payload)
        for issue in issues
        if FEWEST <= json.loads(issue.payload)["fields"]["comment"]["total"] <= MOST
    ]


def stored(number: int, seed: int) -> RawIssue:
    """Makes up an issue that is nothing but text: a description as long as its size wants, and eight comments."""
    writer = Writer(Random(seed * 1_000_003 + number))
    people = [{"name": f"login{n}", "displayName": f"Given{n} Family{n}"} for n in range(5)]
    comments = [
        {
            "id": str(number * 100 + n),
            "author": writer.pick(people),
            "body": wiki.write(writer.comment()),
            "created": f"2025-01-{n + 2:02}T08:00:00.000+0000",
        }
        for n in range(COMMENTS)
    ]
    fields = {
        "summary": writer.sentence(),
        "project": {"key": "MADE"},
        "issuetype": {"name": "Bug"},
        "priority": {"name": "Major"},
        "status": {"name": "Closed"},
        "resolution": {"name": "Fixed"},
        "created": "2025-01-01T08:00:00.000+0000",
        "resolutiondate": "2025-02-01T08:00:00.000+0000",
        "reporter": people[0],
        "comment": {"comments": comments, "total": COMMENTS, "maxResults": COMMENTS, "startAt": 0},
    }
    blocks: list[Block] = []
    payload = b""
    while len(payload) < SIZE:
        blocks += writer.description()
        whole = {"id": str(number + 1), "key": f"MADE-{number + 1}"}
        payload = json.dumps(whole | {"fields": fields | {"description": wiki.write(blocks)}}).encode()
    return as_sent(str(number + 1), f"MADE-{number + 1}", payload)


def as_sent(id_: str, key: str, payload: bytes) -> RawIssue:
    """An issue as a crawl brings it, before it is refined."""
    return RawIssue(
        site="made-up",
        base_url=BASE,
        dialect="server",
        project="MADE",
        id=id_,
        key=key,
        payload=payload,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    """Gives the CPU seconds of each round, after one that warms up."""
    seconds = []
    for _ in range(rounds + 1):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return seconds[1:]


def show(figures: list[Figure], rounds: int) -> None:
    """Prints one row a step."""
    table = Table(title="Texts, on one core", box=box.SIMPLE, caption=f"medians of {rounds} rounds, CPU time")
    table.add_column("step")
    for heading in ("worked through", "a second", "aim"):
        table.add_column(heading, justify="right")
    for figure in figures:
        aim = f"{figure.aim:,.0f} {figure.unit}" if figure.aim else ""
        amount = f"{figure.amount:,.1f} MB" if figure.unit == "MB" else f"{figure.amount:,.0f} {figure.unit}"
        rate = f"{figure.rate:,.1f} MB" if figure.unit == "MB" else f"{figure.rate:,.0f} {figure.unit}"
        table.add_row(figure.what, amount, rate, aim)
    Console(highlight=False).print(table)


def _parser() -> ArgumentParser:
    quick = "--quick" in sys.argv
    parser = ArgumentParser(prog="python -m benchmarks.texts", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="400 texts, one round")
    parser.add_argument("--texts", type=int, default=400 if quick else 4_000, help="how many to make up (4000)")
    parser.add_argument("--rounds", type=int, default=1 if quick else 3, help="rounds of each step (3)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes up the same texts (1)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the figures to a file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
