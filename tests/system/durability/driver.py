"""Runs crawls that die where they are told to: nothing of it is in the production code.

python -m tests.system.durability.driver STEP N -- crawl jira -a …    killed at the N-th time that it comes by a step

N = 0 only counts how often each step is come by, and writes that to the file that COUNTS names.
"""

from __future__ import annotations

import atexit
import heapq
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from operator import itemgetter
from pathlib import Path
from typing import Any

from scrapy.cmdline import execute
from sqlalchemy.engine.default import DefaultDialect

from jira_crawler.crawl.task import Task
from jira_crawler.feeds import dataset, files
from jira_crawler.frontier.sqlite_frontier import SqliteFrontier
from jira_crawler.store.feed_index import FeedIndex
from jira_crawler.store.listing_progress import ListingProgress
from jira_crawler.store.store import Store

Pass = Callable[[str], None]
# Each is a step with a moment before it and one after it.
PLACES: dict[str, tuple[Any, str]] = {
    "quarantine": (files, "quarantine"),
    "append": (files, "append"),
    "fsync": (os, "fsync"),
    "sync": (files, "sync"),
    "save": (Store, "save"),
    "COMMIT": (DefaultDialect, "do_commit"),
    "queue_commit": (SqliteFrontier, "commit"),
    "acknowledge": (SqliteFrontier, "acknowledge"),
    "save_state": (SqliteFrontier, "save_state"),
    "clear": (SqliteFrontier, "clear"),
    "progress": (ListingProgress, "save"),
    "begin_swap": (FeedIndex, "begin_swap"),
    "replace": (files, "replace"),
    "end_swap": (FeedIndex, "end_swap"),
    "write_rejects": (dataset.Dataset, "write_rejects"),
    "compact": (dataset.Dataset, "compact"),
}
STEPS = (
    *(f"{name} {moment}" for name in PLACES for moment in ("before", "after")),
    *("append midway", "copy_spans midway", "rejects midway"),
)


def pass_by(step: str, number: int) -> Pass:
    """Gives what is called at every step: it kills this process at the `number`-th time that it is the chosen one."""
    passed: Counter[str] = Counter()

    def by(name: str) -> None:
        passed[name] += 1
        if number and name == step and passed[name] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    if not number and "COUNTS" in os.environ:
        atexit.register(lambda: Path(os.environ["COUNTS"]).write_text(json.dumps(passed)))
    return by


def lay(by: Pass) -> None:
    """Puts a call of `by` before, after and inside each step."""
    for name, (owner, attribute) in PLACES.items():
        setattr(owner, attribute, around(getattr(owner, attribute), name, by))
    if last := os.environ.get("LAST", ""):
        push = SqliteFrontier.push

        def pushed(frontier: SqliteFrontier, task: Task) -> bool:
            """As `push`, but a question that LAST is a part of is asked when nothing else is left."""
            taken = push(frontier, task)
            if taken and last in (task.identity or ""):
                _, id_ = max(frontier._waiting, key=itemgetter(1))
                frontier._waiting = [each for each in frontier._waiting if each[1] != id_]
                heapq.heapify(frontier._waiting)
                heapq.heappush(frontier._waiting, (1000, id_))
            return taken

        SqliteFrontier.push = pushed  # type: ignore[method-assign]
    append, copy_spans, rejects = files.append, files.copy_spans, Store.rejects

    def torn(path: Path, at: int, parts: Sequence[bytes]) -> None:
        """As `append`, but what a kill in the middle of a write leaves is there when it is come by."""
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.seek(at)
            lines = b"".join(parts)
            file.write(lines[: len(lines) // 2])
        by("append midway")
        append(path, at, parts)

    def copied(*arguments: Any) -> Iterator[Any]:
        for each in copy_spans(*arguments):
            by("copy_spans midway")
            yield each

    def rejected(store: Store) -> Iterator[Any]:
        for each in rejects(store):
            yield each
            by("rejects midway")

    files.append, files.copy_spans, Store.rejects = torn, copied, rejected  # type: ignore[assignment]


def around(function: Callable[..., Any], name: str, by: Pass) -> Callable[..., Any]:
    @wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        by(f"{name} before")
        result = function(*arguments, **named)
        by(f"{name} after")
        return result

    return wrapped


def run(step: str, number: int, arguments: list[str]) -> None:
    if step:
        if step not in STEPS and number:
            raise SystemExit(f"There is no step {step!r}: {', '.join(STEPS)}.")
        lay(pass_by(step, number))
    execute(["scrapy", *arguments])


if __name__ == "__main__":
    chosen, times, dashes, *rest = sys.argv[1:]
    if dashes != "--":
        raise SystemExit("python -m tests.system.durability.driver STEP N -- crawl jira -a …")
    run(chosen, int(times), rest)
