"""Documents of what is in the feeds: read from the feed where it lies here, else made again from the store."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import orjson
import zstandard

from jira_crawler.items import Example, Issue, cluster_name, replace
from jira_crawler.policy import DEFAULTS, Policy
from jira_crawler.refine.chain import chain
from jira_crawler.refine.step import Draft
from jira_crawler.search.document import Document, document
from jira_crawler.search.shown import Line, Unreadable, read
from jira_crawler.store.changes import Identity
from jira_crawler.store.rows import Row
from jira_crawler.tasks import line
from jira_crawler.tasks.thread import whole

_TASK = "pretraining"  # whose line shows the whole issue; a very short one has none
_TAIL = 16_384  # bytes of the lines of an issue that are read first
Found = tuple[Line, bytes]


class Entry(Protocol):
    """What has to be known of an issue to find its line: an entry of `store.index_entries`, or a whole row."""

    @property
    def site(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def feed(self) -> str | None: ...
    @property
    def offset(self) -> int | None: ...
    @property
    def length(self) -> int | None: ...
    @property
    def cluster(self) -> str | None: ...
    @property
    def since(self) -> int: ...
    @property
    def fetched_at(self) -> int: ...
    @property
    def minhash(self) -> bytes: ...


class Documents:
    """Makes documents of entries of the store; what is in no feed gives none, as search shows what the feeds may show.

    `rows` finds the whole rows of those of which no line can be read.
    """

    def __init__(
        self,
        folder: Path,
        policy: Policy = DEFAULTS,
        rows: Callable[[Collection[Identity]], Mapping[Identity, Row]] = lambda _: {},
    ):
        self.folder, self.policy, self._rows = folder, policy, rows
        self.unreadable = 0  # of how many nothing could be made
        self.refined = 0  # how many were made again, which takes many times as long as to read a line

    def of(self, entries: Iterable[Entry], seq: int | Mapping[Identity, int]) -> Iterator[Document]:
        """Gives the documents of those issues that are in a feed, as of one change of the store, or of one for each."""
        feeds: dict[str, int] = {}
        try:
            for entry in entries:
                if entry.feed is None:
                    continue
                as_of = seq if isinstance(seq, int) else seq[entry.site, entry.id]
                if made := _document(self._in_feed(entry, feeds), entry, as_of):
                    yield made
                elif row := self._row(entry):  # else it was taken out meanwhile, which is a change of its own
                    if made := _document(self._made_again(row), entry, as_of):
                        yield made
                    else:
                        self.unreadable += 1
        finally:
            for handle in feeds.values():
                if handle >= 0:
                    os.close(handle)

    def _in_feed(self, entry: Entry, feeds: dict[str, int]) -> Found | None:
        """Reads the line of an issue; None where it has none, or where the feed is not as the entry says any more."""
        assert entry.feed is not None  # noqa: S101 - what `of` sees to
        handle = feeds.get(entry.feed)
        if handle is None:
            handle = feeds[entry.feed] = _open(self.folder / entry.feed)
        if handle < 0 or not entry.length or entry.offset is None:
            return None
        try:
            text = _last_line(handle, entry.offset, entry.length)
            found = read(text)
        except (OSError, *Unreadable):
            return None
        about = found.metadata
        is_its_own = found.task_type == _TASK and (about.site, about.issue_id) == (entry.site, entry.id)
        return (found, text) if is_its_own else None

    def _row(self, entry: Entry) -> Row | None:
        identity = entry.site, entry.id
        return entry if isinstance(entry, Row) else self._rows([identity]).get(identity)

    def _made_again(self, row: Row) -> Found | None:
        self.refined += 1
        issue = refined(row, self.policy)
        if not issue:
            return None
        try:
            text = orjson.dumps(line(issue, _example(issue)))
            return read(text), text
        except (orjson.JSONEncodeError, *Unreadable):
            return None


def _document(found: Found | None, entry: Entry, seq: int) -> Document | None:
    """Makes the document; None where there is no line, or one from which a step has taken something away."""
    if not found:
        return None
    cluster, seen = entry.cluster or cluster_name(entry.site, entry.id), entry.since or entry.fetched_at
    try:
        return document(*found, seq=seq, seen=seen, cluster=cluster, sketch=entry.minhash)
    except ValueError:
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
