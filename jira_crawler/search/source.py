"""Documents of what is in the feeds: read from the feed where it lies here, else made again from the store."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import zstandard

from jira_crawler.items import Example, Issue, cluster_name, replace
from jira_crawler.policy import DEFAULTS, Policy
from jira_crawler.refine.chain import chain
from jira_crawler.refine.step import Draft
from jira_crawler.search.document import Document, document
from jira_crawler.store.rows import Row
from jira_crawler.tasks import line
from jira_crawler.tasks.thread import whole

_TASK = "pretraining"  # whose line shows the whole issue; a very short one has none
_TAIL = 16_384  # bytes of the lines of an issue that are read first


class Documents:
    """Makes documents of rows of the store; what is in no feed gives none, as search shows what the feeds may show."""

    def __init__(self, folder: Path, policy: Policy = DEFAULTS):
        self.folder, self.policy = folder, policy
        self.unreadable = 0  # of how many nothing could be made
        self.refined = 0  # how many were made again, which takes a hundred times as long as to read a line

    def of(self, rows: Iterable[Row], seq: int) -> Iterator[Document]:
        """Gives the documents of those rows that are in a feed, as of a change of the store."""
        feeds: dict[str, int] = {}
        try:
            for row in rows:
                if row.feed is None:
                    continue
                made = _document(self._in_feed(row, feeds), row, seq) or _document(self._made_again(row), row, seq)
                if made:
                    yield made
                else:
                    self.unreadable += 1
        finally:
            for handle in feeds.values():
                if handle >= 0:
                    os.close(handle)

    def _in_feed(self, row: Row, feeds: dict[str, int]) -> Any:
        """Reads the line of an issue; None where it has none, or where the feed is not as the row says any more."""
        assert row.feed is not None  # noqa: S101 - what `of` sees to
        handle = feeds.get(row.feed)
        if handle is None:
            handle = feeds[row.feed] = _open(self.folder / row.feed)
        if handle < 0 or not row.length or row.offset is None:
            return None
        try:
            found = orjson.loads(_last_line(handle, row.offset, row.length))
        except (OSError, ValueError):
            return None
        if not isinstance(found, dict) or found.get("task_type") != _TASK:
            return None
        about = found.get("metadata")
        is_its_own = isinstance(about, dict) and (about.get("site"), about.get("issue_id")) == row.identity
        return found if is_its_own else None

    def _made_again(self, row: Row) -> Any:
        self.refined += 1
        issue = refined(row, self.policy)
        return issue and line(issue, _example(issue))


def _document(line: Any, row: Row, seq: int) -> Document | None:
    """Makes the document; None where there is no line, or one from which a step has taken something away."""
    if not line:
        return None
    cluster, seen = row.cluster or cluster_name(row.site, row.id), row.since or row.fetched_at
    try:
        return document(line, seq=seq, seen=seen, cluster=cluster, sketch=row.minhash)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def refined(row: Row, policy: Policy) -> Issue | None:
    """Sends a stored issue through the steps again, and gives what comes out; None where one of them drops it."""
    packed = row.payload.startswith(zstandard.FRAME_HEADER)
    raw = replace(row, payload=zstandard.decompress(row.payload) if packed else row.payload).raw_issue()
    steps, draft = chain(policy), Draft(raw)
    try:
        for step in steps:
            draft = step.apply(draft)
    except Exception:  # whatever a step makes of it: it is not in the feeds as they would be made now
        return None
    return draft.issue


def _example(issue: Issue) -> Example:
    return Example(task_type=_TASK, variant="thread", instruction="", input="", output=whole(issue))


def _last_line(handle: int, offset: int, length: int) -> bytes:
    """Reads the last of some lines, which is that of the whole issue if there is one; mostly it is a small part."""
    for size in (min(_TAIL, length), length):
        tail = os.pread(handle, size, offset + length - size)
        begin = tail.rfind(b"\n", 0, len(tail) - 1) + 1
        if begin or size == length:
            return tail[begin:]
    return b""


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return -1
