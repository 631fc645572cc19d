"""A dataset: the feeds of an output folder and the store behind them, changed together or not at all."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

import jsonlines
import orjson

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files
from jira_crawler.store.database import connect
from jira_crawler.store.rows import Holder, Row
from jira_crawler.store.store import Store

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Batch:
    rows: dict[tuple[str, str], tuple[Row, bytes]] = field(default_factory=dict)
    by_content: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def add(self, row: Row, lines: bytes) -> None:
        """Takes a row, in place of an older one of the same issue."""
        if row.identity in self.rows:
            self.by_content[self.rows[row.identity][0].content].discard(row.identity)
        self.rows[row.identity] = row, lines
        self.by_content.setdefault(row.content, set()).add(row.identity)

    def holder(self, content: str) -> Row | None:
        same = (self.rows[identity][0] for identity in self.by_content.get(content, ()))
        return min(same, key=lambda row: row.rank, default=None)


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
        self._batch = _Batch()

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
        rows: list[Row] = []
        grown: dict[str, list[bytes]] = {}
        lengths = dict(self._lengths)
        for row, lines in self._batch.rows.values():
            if not lines:
                rows.append(row)
                continue
            feed, hashed, span = f"{row.project}.jsonl", digest(lines), known.get(row.identity)
            if span and (span.feed, span.lines) == (feed, hashed):
                offset = span.offset
            else:
                offset = lengths.get(feed, 0)
                grown.setdefault(feed, []).append(lines)
                lengths[feed] = offset + len(lines)
            rows.append(replace(row, feed=feed, offset=offset, length=len(lines), lines=hashed))
        for feed, parts in grown.items():
            if feed not in self._lengths:
                files.set_aside(self.folder / feed)
                self.store.lengths.register(feed)
            files.append(self.folder / feed, self._lengths.get(feed, 0), b"".join(parts))
        if grown.keys() - self._lengths.keys():
            files.sync_folder(self.folder)
        self.store.save(rows, {feed: lengths[feed] for feed in grown})
        self._lengths = lengths
        self._batch = _Batch()

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
