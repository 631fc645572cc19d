"""The store of an output folder becomes what a snapshot of another one holds, so that a replay has what it goes by.

It is as after a crawl with SCRAPE_ONLY: every issue as it came, waiting to be refined. What the folder holds
already, of an earlier snapshot of that store, stays where it is the same, and goes where the snapshot has it no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import zstandard

from jira_crawler.exceptions import BadArgument
from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.extensions.issue_rows import row
from jira_crawler.feeds import files
from jira_crawler.pipelines.processor import unrefined
from jira_crawler.recording import Recording
from jira_crawler.refine.source import StoredIssue
from jira_crawler.store.payloads import identities, is_crawled

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from jira_crawler.feeds.dataset import Dataset
    from jira_crawler.snapshot.source import Snapshot
    from jira_crawler.store.changes import Identity

NOTE: Final = ".snapshot-of"  # the store of whose snapshots a folder was made
CRAWLED_BY: Final = 0  # the run of an issue that no crawl of this folder has listed
_CHUNK: Final = 100


def is_own(dataset: Dataset, source: Snapshot) -> bool:
    """Whether a snapshot was taken of this very store, which has nothing to learn from it."""
    return dataset.store.identity == source.manifest.store


async def restore(crawler: Crawler, source: Snapshot) -> None:
    """Brings what is of a snapshot's projects in the store to what the snapshot holds of them, and commits it.

    Raises Refused, with one sentence, where the folder holds what is of no snapshot of that store, or a file is not as
    it was written: then nothing has been refined so far.
    """
    own, dataset = CommitExtension.of(crawler), Recording.of(crawler).dataset
    _claim(dataset, source.manifest.store)
    before: Identity = ("", "")
    for part in source.ranges():
        upto = part.site, part.last
        left = set(identities(dataset.store.engine, before, upto, source.projects))
        reading = source.read(part)
        while some := await asyncio.to_thread(_some, reading):
            left -= {(issue.raw.site, issue.id) for issue in some}
            for issue in _changed(dataset, some):
                fresh = row(issue.raw, CRAWLED_BY, unrefined(issue.raw))
                own.record(replace(fresh, id=issue.id), b"")
            await asyncio.sleep(0)  # an interrupt gets its turn
            if Recording.of(crawler).stopping:
                return
        own.commit()
        _take_out(dataset, left)
        before = upto
    _take_out(dataset, identities(dataset.store.engine, before, None, source.projects))


def _some(issues: Iterator[StoredIssue]) -> list[StoredIssue]:
    return list(islice(issues, _CHUNK))


def _changed(dataset: Dataset, issues: Sequence[StoredIssue]) -> Iterator[StoredIssue]:
    """Leaves out what is in the store just so, whatever became of it there."""
    held = dataset.store.rows([(issue.raw.site, issue.id) for issue in issues])
    for issue in issues:
        there = held.get((issue.raw.site, issue.id))
        payload = zstandard.decompress(there.payload) if there and there.payload else b""
        if there is None or replace(there, payload=payload).raw_issue() != issue.raw:
            yield issue


def _take_out(dataset: Dataset, gone: Iterable[Identity]) -> None:
    for site, id_ in sorted(gone):
        dataset.store.forget(site, id_)


def _claim(dataset: Dataset, store: str) -> None:
    """Notes of which store the folder is to hold snapshots; raises BadArgument where it holds anything else."""
    note = dataset.folder / NOTE
    if _noted(note) != store and identities(dataset.store.engine, ("", ""), None, limit=1):
        raise BadArgument(f"{dataset.folder} holds issues of another store than the snapshot: set another OUTPUT_DIR.")
    if is_crawled(dataset.store.engine):
        raise BadArgument(
            f"{dataset.folder} was crawled into since it was made of a snapshot, which might undo that: set another "
            "OUTPUT_DIR."
        )
    with files.published(note) as file:
        file.write(f"{store}\n".encode())


def _noted(note: Path) -> str:
    try:
        return note.read_text("ascii", "replace").strip()
    except OSError:
        return ""
