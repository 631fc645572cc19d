"""A dataset: the feeds of an output folder and the store behind them, changed together or not at all."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import jsonlines
import orjson

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files
from jira_crawler.feeds.batch import Batch, Growth
from jira_crawler.feeds.clusters import misjudged, relabelled
from jira_crawler.store.database import connect
from jira_crawler.store.rows import Holder, Row, Span, settled
from jira_crawler.store.store import Store

logger = logging.getLogger(__name__)

RELABELLED = 200  # issues whose lines are written anew at a time


class Dataset:
    """Takes what became of each issue, and commits it in batches: feed bytes first, synced, then one transaction.

    Opening it cuts every feed back to what was committed, so whatever a crash interrupted is as if it had not begun.
    """

    def __init__(self, folder: Path, url: str = ""):
        self.folder = folder
        self._lock = _take(folder)
        try:
            self.store = Store(connect(url or f"sqlite:///{folder / 'store.sqlite'}"))
            self._lengths = dict(self._recover())
        except BaseException:
            os.close(self._lock)
            raise
        self._batch = Batch()

    def __len__(self) -> int:
        """How many issues wait for the next commit."""
        return len(self._batch.rows)

    def record(self, row: Row, lines: bytes = b"") -> None:
        """Takes one issue's row and its lines (empty for a reject) into the batch."""
        self._batch.add(row, lines)

    def holder(self, content: str) -> Holder | None:
        """Finds who stays of all issues with a content, the uncommitted included."""
        stored, waiting = self.store.holder(content, self._batch.rows.keys()), self._batch.holder(content)
        if waiting and (stored is None or waiting.rank < (stored.number, stored.site)):
            return Holder(waiting.number, waiting.site, waiting.id, waiting.key)
        return stored

    def commit(self) -> None:
        """Makes the batch durable: lines that are not in their feed already are appended, then one COMMIT."""
        if not self._batch.rows:
            return
        known = self.store.spans(list(self._batch.rows))
        growth = Growth(self._lengths)
        rows: list[Row] = []
        for row, lines in self._batch.rows.values():
            span = known.get(row.identity)
            if not lines:
                rows.append(replace(row, cluster=span.cluster if span else None))
                continue
            feed, hashed = f"{row.project}.jsonl", digest(lines)
            if not span or (span.feed, span.lines) != (feed, hashed):
                span = Span(feed, growth.add(feed, lines), len(lines), hashed, None)
            rows.append(settled(row, span))
        self._append(growth)
        self.store.save(rows, growth.lengths)
        self._lengths |= growth.lengths
        self._batch = Batch()

    def _append(self, growth: Growth) -> None:
        """Writes and syncs what feeds are to grow by; it counts when the store says so."""
        for feed, parts in growth.parts.items():
            if feed not in self._lengths:
                files.set_aside(self.folder / feed)
                self.store.lengths.register(feed)
            files.append(self.folder / feed, self._lengths.get(feed, 0), b"".join(parts))
        if growth.parts.keys() - self._lengths.keys():
            files.sync_folder(self.folder)

    def judge(self) -> None:
        """Lets every line name the cluster of near-duplicates that its issue is in, as the feeds are now.

        A cluster is named after its issue of the lowest number, which represents it. Lines that name another one are
        written anew.
        """
        if not self.store.clusters.are_stale():
            return
        wrong = misjudged(self.store.clusters)
        for at in range(0, len(wrong), RELABELLED):
            growth = Growth(self._lengths)
            moved = []
            for place, cluster in wrong[at : at + RELABELLED]:
                lines = relabelled(files.read(self.folder / place.feed, place.offset, place.length), place, cluster)
                offset = growth.add(place.feed, lines)
                moved.append(replace(place, offset=offset, length=len(lines), cluster=cluster))
            self._append(growth)
            self.store.clusters.moved(moved, growth.lengths)
            self._lengths |= growth.lengths
        self.store.clusters.judged()

    def compact(self) -> None:
        """Rewrites every feed that holds lines of no current issue; a crash at any step leaves the old or the new."""
        for feed, (length, _) in self.store.lengths.all().items():
            if self.store.lengths.waste(feed, length):
                self._rewrite(feed)

    def _rewrite(self, feed: str) -> None:
        old, new = self.folder / feed, self.folder / f"{feed}.new"
        offsets = files.copy_spans(old, new, self.store.lengths.live(feed))
        self.store.lengths.begin_swap(feed, offsets, lambda: new.stat().st_size)
        files.replace(new, old)
        self.store.lengths.end_swap(feed)
        self._lengths[feed] = old.stat().st_size

    def write_rejects(self) -> None:
        """Writes rejects.jsonl anew from the store, in a fixed order, readable by its owner only."""
        path = self.folder / "rejects.jsonl"
        temporary = path.with_suffix(".new")
        with open(temporary, "wb", opener=_private) as file, jsonlines.Writer(file, dumps=orjson.dumps) as writer:
            writer.write_all(self.store.rejects())
            file.flush()
            os.fsync(file.fileno())
        files.replace(temporary, path)

    def close(self) -> None:
        self.store.close()
        os.close(self._lock)

    def _recover(self) -> Iterator[tuple[str, int]]:
        """Ends what an interrupted run began, feed by feed, and yields the length that each has now."""
        for feed, (length, swap) in self.store.lengths.all().items():
            path, new = self.folder / feed, self.folder / f"{feed}.new"
            if swap is not None:
                if new.exists():
                    files.replace(new, path)
                self.store.lengths.end_swap(feed)
            if files.cut_back(path, length):
                yield feed, length
            else:
                logger.warning(
                    "%s is gone or was cut short: its issues are written again as the crawl meets them", feed
                )
                path.unlink(missing_ok=True)
                self.store.lengths.forget_lines(feed)


def _take(folder: Path) -> int:
    """Makes the output folder and takes its lock, so that no second crawl writes into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds what Redact takes out
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise BadArgument(f"Nothing can be written to {folder}: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise BadArgument(f"Another crawl is writing to {folder}: give this one a folder of its own.") from error
    return lock


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def digest(lines: bytes) -> str:
    return blake2b(lines, digest_size=16).hexdigest()
