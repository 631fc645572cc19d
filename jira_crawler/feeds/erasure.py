"""Takes an issue out of the files of an output folder, and counts what of it was in each."""

from __future__ import annotations

import shutil
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from jira_crawler.feeds import files, rejects
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.erasure import Found
from jira_crawler.trackers.jira.decode import KEY

ATTACHMENTS: Final = "attachments"  # the folder in OUTPUT_DIR with one of each issue's files, by its key


def lines_in_feed(dataset: Dataset, found: Found) -> tuple[str, int]:
    """Says in which feed an issue is, and in how many lines; ("", 0) where it is in none."""
    span = dataset.store.spans([found.identity]).get(found.identity)
    if span is None:
        return "", 0
    path = dataset.folder / span.feed
    return span.feed, files.read(path, span.offset, span.length).count(b"\n") if path.is_file() else 1


def in_rejects(folder: Path, gone: Collection[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Counts the lines of rejects.jsonl about some issues."""
    path = folder / rejects.NAME
    counted: Counter[tuple[str, str]] = Counter()
    if path.is_file():
        with path.open("rb") as file:
            counted.update(named for line in file if (named := _whose(line)) in gone)
    return counted


def compact(dataset: Dataset) -> list[str]:
    """Rewrites every feed that still holds lines of no issue; names those that lie elsewhere, and so hold them on."""
    dataset.compact(all_here=True)
    dataset.judge()  # lines that were written anew leave old ones
    dataset.compact(all_here=True)
    index = dataset.store.feed_index
    if (dataset.folder / rejects.NAME).exists():
        dataset.write_rejects()
    return [feed for feed, (length, _) in index.all().items() if index.waste(feed, length)]


def sweep(dataset: Dataset, gone: Collection[tuple[str, str]]) -> Iterator[tuple[str, Counter[tuple[str, str]]]]:
    """Takes lines about issues out of feeds that the store does not know: merged ones, and those that were set aside.

    Gives the name of each such file with how many lines of which issue it held.
    """
    known = dataset.store.feed_index.all()
    for path in sorted(dataset.folder.glob("*.jsonl*")):
        if path.name in known or path.name == rejects.NAME or path.is_symlink() or not path.is_file():
            continue
        if counted := _count(path, gone):
            with files.published(path, stat.S_IMODE(path.stat().st_mode)) as new, path.open("rb") as old:
                for line in old:
                    if _whose(line) not in gone:
                        new.write(line)
            yield path.name, counted


def remove_attachments(folder: Path, keys: Iterable[str]) -> Iterator[int]:
    """Takes away what was fetched of an issue's attachments, by its keys; gives how many files each folder held."""
    for key in keys:
        there = folder / ATTACHMENTS / key
        if not KEY.fullmatch(key) or there.is_symlink() or not there.is_dir():
            continue
        many = sum(1 for path in there.rglob("*") if not path.is_dir())
        shutil.rmtree(there)
        yield many


def _count(path: Path, gone: Collection[tuple[str, str]]) -> Counter[tuple[str, str]]:
    with path.open("rb") as file:
        return Counter(named for line in file if (named := _whose(line)) in gone)


def _whose(line: bytes) -> tuple[str, str]:
    """Reads of which issue of which site a line of a feed, or of rejects, is; what is none is nobody's."""
    try:
        told: Any = orjson.loads(line)
    except ValueError:
        return "", ""
    if not isinstance(told, dict):
        return "", ""
    about = told.get("metadata")
    if isinstance(about, dict):
        return str(about.get("site")), str(about.get("issue_id"))
    return str(told.get("site")), str(told.get("id"))
