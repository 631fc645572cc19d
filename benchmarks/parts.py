"""What each step from a page to a feed costs, in one process on one core, without Scrapy and the network.

python -m benchmarks.parts [--quick] [--issues N] [--rounds N] [--seed S] [--json PATH]

An embedded Jira makes up the issues and gives the very pages that it would serve. Page after page goes through all
steps, so that memory and caches are as warm as in a crawl; the clock is read between steps, not inside them. Pages
overlap by an instant: the few issues that a walk would drop as seen are counted here with the rest.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from rich.console import Console
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager

from benchmarks.parts_figures import Clock, Figures, as_json, show
from benchmarks.processes import unwind_on_terminate
from fake_jira.exchange import Request
from fake_jira.options import Options
from fake_jira.server.assembly import assemble
from fake_jira.server.jira import Jira as EmbeddedJira
from jira_crawler.crawl.session import CrawlState
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.items import Issue, RawIssue
from jira_crawler.pipelines.deduplicate import Deduplicate
from jira_crawler.recording import Recording
from jira_crawler.refine.clean import clean
from jira_crawler.refine.outcome import Refined, Summary
from jira_crawler.refine.redact import redact_issue
from jira_crawler.refine.score import score
from jira_crawler.refine.step import DropIssue
from jira_crawler.refine.validate import validate
from jira_crawler.refine.write_feeds import lines
from jira_crawler.trackers import tracker
from jira_crawler.trackers.contract import Cursor, Tracker, Window

A = TypeVar("A")
B = TypeVar("B")
BASE = "http://127.0.0.1:8080"
PROJECT = "DEMO"
PAGE = 500


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    pages = made_up_pages(options.issues, options.seed)
    figures = asyncio.run(measure(pages, options.rounds))
    show(figures, Console(highlight=False))
    if options.json:
        options.json.write_text(json.dumps(as_json(figures), indent=2) + "\n")
    return 0


def made_up_pages(issues: int, seed: int) -> list[bytes]:
    """Walks a made-up project to its end, and keeps the answers."""
    jira = assemble(Options(issues=issues, seed=seed, projects=(PROJECT,)), BASE)
    speaks = tracker("server", BASE)
    at: Cursor | None = Cursor()
    pages: list[bytes] = []
    while at:
        pages.append(_answer(jira, speaks.search(Window(PROJECT), at, PAGE).address))
        at = speaks.next_cursor(at, speaks.read_page(pages[-1]))
    return pages


def _answer(jira: EmbeddedJira, address: str) -> bytes:
    parts = urlsplit(address)
    return jira.answer(Request("GET", parts.path, parse_qs(parts.query))).body


async def measure(pages: list[bytes], rounds: int) -> Figures:
    """Sends all pages through all steps, once a round, each time into a new dataset."""
    clocks, issues, size = [], 0, 0
    for _ in range(rounds):
        clock = Clock()
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            issues, size = travel(pages, clock, Path(folder))
        clocks.append(clock)
    return Figures(issues, size, clocks)


def travel(pages: list[bytes], clock: Clock, folder: Path) -> tuple[int, int]:
    """Takes pages to a feed and a store as a crawl does; gives the number of issues and the bytes of their JSON."""
    speaks, issues, size = tracker("server", BASE), 0, 0
    crawler = stand_in(folder)
    commits = CommitExtension.of(crawler)
    for body in pages:
        raws = read(body, clock, speaks)
        issues, size = issues + len(raws), size + sum(len(raw.payload) for raw in raws)
        refine(raws, clock, crawler)
    with clock.on("store commit"):
        commits.closed()
    commits.dataset.close()
    return issues, size


def read(body: bytes, clock: Clock, speaks: Tracker) -> list[RawIssue]:
    """Opens a page and glances at its issues."""
    with clock.on("read page"):
        listed = speaks.read_page(body).issues
    now = datetime.now(UTC)
    same: dict[str, Any] = {"site": "made-up", "base_url": BASE, "dialect": "server", "project": PROJECT}
    return [RawIssue(**same, id=each.id, key=each.key, payload=each.payload, fetched_at=now) for each in listed]


def refine(raws: list[RawIssue], clock: Clock, crawler: Any) -> None:
    """Sends a page's issues through the pipelines, step by step, and records them."""
    commits, deduplicate = CommitExtension.of(crawler), Deduplicate(crawler)
    issues = _each("Validate", validate, raws, clock)
    issues = _each("Clean", clean, issues, clock)
    redacted = _each("Redact", redact_issue, issues, clock)
    issues = _each("Score", score, (issue for issue, _ in redacted), clock)
    for batch in range(0, len(issues), commits.size):  # what waits for a commit is looked through by Deduplicate
        unique = _each("Deduplicate", deduplicate.process_item, issues[batch : batch + commits.size], clock)
        written = _each("lines", _with_lines, unique, clock)
        with clock.on("store commit"):
            for issue, text, count in written:
                commits.record_outcome(issue.raw, Refined(Summary.of(issue), text, dict(count)))
            commits.commit()


def _with_lines(issue: Issue) -> tuple[Issue, bytes, Counter[str]]:
    text, made, _, _ = lines(issue)
    return issue, text, made


def _each(part: str, step: Callable[[A], B], values: Iterable[A], clock: Clock) -> list[B]:
    """Does one step for every value, and leaves out what it rejects."""
    done: list[B] = []
    waiting = list(values)
    with clock.on(part):
        for value in waiting:
            try:
                done.append(step(value))
            except DropIssue:
                continue
    return done


def stand_in(folder: Path) -> Any:
    """Makes as much of a crawler as recording an issue needs."""
    settings = Settings()
    settings.setmodule("jira_crawler.settings")
    settings.set("OUTPUT_DIR", str(folder))
    crawler: Any = SimpleNamespace(settings=settings, signals=SignalManager())
    crawler.spider = SimpleNamespace(recording=Recording(crawler, BASE, CrawlState(run=1)))
    commits = CommitExtension(crawler)
    crawler.get_extension = lambda _: commits
    return crawler


# --- what is chosen


def _parser() -> ArgumentParser:
    quick = "--quick" in sys.argv
    parser = ArgumentParser(prog="python -m benchmarks.parts", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="500 issues, one round")
    parser.add_argument("--issues", type=int, default=500 if quick else 3_000, help="how many to make up (3000)")
    parser.add_argument("--rounds", type=int, default=1 if quick else 3, help="rounds of all parts (3)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes up the same issues (1)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the seconds of every round to a file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
