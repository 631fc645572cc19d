"""The examples of a store in the order of its changes, page by page, while a crawl goes on writing."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import IO, Final

import msgspec
import orjson

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.feeds import cursor as cursors
from jira_crawler.feeds.cursor import START, Cursor, StaleCursor
from jira_crawler.feeds.spans import lines_of
from jira_crawler.items import UNREADABLE
from jira_crawler.store.changes import Identity
from jira_crawler.store.database import connect, existing
from jira_crawler.store.snapshot import FeedEntry
from jira_crawler.store.store import Store

MOST: Final = 10_000  # examples of a page, and so many ids that are gone
_BYTES: Final = 16 << 20  # of lines, beyond which a page is full
_SECONDS: Final = 5.0  # that a page is filled for, where hardly anything is wanted of what is read
_CHUNK: Final = 200  # issues that are looked up at a time, at most …
_FEW: Final = 20  # … and at least
_USUAL: Final = 8  # examples of an issue, so that not much more is read than goes into a page
_TRIES: Final = 40
_MOVING: Final = 0.05  # seconds between two looks for lines that are just being moved
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_AGAIN: Final = 3_600.0  # seconds between two times that the same is noted of a consumer
_NAMES: Final = 1_000
CONSUMER: Final = "pull"  # what a name is put behind, so that nobody is taken for a follower of our own


class _Metadata(msgspec.Struct):
    quality: float = 0.0


class _Line(msgspec.Struct):
    task_type: str
    metadata: _Metadata


_decoder = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which examples somebody wants; what is empty chooses nothing. Raises BadArgument for what nobody can want."""

    min_quality: float = 0.0
    tasks: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.min_quality <= 1:
            raise BadArgument("min_quality is a number from 0 to 1.")

    @property
    def digest(self) -> str:
        """What tells this choice from others, in whatever order it is said."""
        said = [float(self.min_quality), sorted(set(self.tasks)), sorted(set(self.projects))]
        return blake2b(orjson.dumps(said), digest_size=6).hexdigest()

    def of(self, lines: bytes) -> list[bytes]:
        """Gives those of the lines of an issue that are wanted, as they are."""
        several = lines.splitlines(keepends=True)
        if not (self.min_quality or self.tasks):
            return several
        read = [(line, _decoder.decode(line)) for line in several]
        return [
            line
            for line, told in read
            if told.metadata.quality >= self.min_quality and (not self.tasks or told.task_type in self.tasks)
        ]


@dataclass(slots=True)
class Page:
    """`lines` are examples as they stand in the feeds; those of an issue stand together, and replace its earlier ones.

    `gone` are issues, `<site>-<id>`, of which nothing is wanted any more. `cursor` says where the next page begins;
    `is_last` whether there was nothing behind this one when it was read, up to the change `seq`.
    """

    cursor: str = ""
    lines: list[bytes] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    seq: int = 0
    is_last: bool = False
    size: int = 0

    def add(self, lines: list[bytes]) -> None:
        """Takes what is wanted of one issue."""
        self.lines += lines
        self.size += sum(map(len, lines))

    def is_full(self, most: int) -> bool:
        """Whether so many examples are in it, or so much else that it is to be sent."""
        return len(self.lines) >= most or len(self.gone) >= MOST or self.size >= _BYTES

    def chunk(self, most: int) -> int:
        """How many issues may still find room."""
        return min(_CHUNK, max(_FEW, (most - len(self.lines)) // _USUAL))

    def ndjson(self) -> bytes:
        """The page as it is sent: an example a line, and a last line that is none."""
        return b"".join(self.lines) + orjson.dumps({"cursor": self.cursor, "gone": self.gone}) + b"\n"


class Pull:
    """Reads what is certain of the feeds of a folder, beside whoever writes them, whom it does not hold up."""

    def __init__(self, store: Store, folder: Path):
        self.store, self.folder = store, folder
        self._identity = store.identity
        self._heard: dict[str, tuple[int, float]] = {}  # what was noted of each consumer, and when

    @classmethod
    def open(cls, folder: Path, url: str = "") -> Pull:
        """Opens the store of an output folder, or the one at a URL; raises BadArgument where there is none."""
        return cls(Store(connect(existing(folder, url))), folder)

    def close(self) -> None:
        self.store.close()

    def forget(self, consumer: str) -> None:
        """Keeps nothing for a name any more."""
        self.store.consumers.forget(f"{CONSUMER} {consumer}")
        self._heard.pop(consumer, None)

    def latest(self) -> int:
        """Gives the number of the last change."""
        return self.store.changes.latest()

    def page(self, after: str = "", choice: Choice | None = None, most: int = 1_000, consumer: str = "") -> Page:
        """Reads what comes behind a cursor, at most about so many examples: an issue comes as a whole.

        Without a cursor it begins with all that there is. Whoever gives a name (`consumer`) has dealt with all before
        the cursor, and no change behind it is pruned meanwhile. Raises StaleCursor where only a new beginning helps.
        """
        choice = choice or Choice()
        if not 1 <= most <= MOST:
            raise BadArgument(f"n is a number of examples from 1 to {MOST:,}.")
        if consumer and not _NAME.fullmatch(consumer):
            raise BadArgument("A consumer's name is of up to 64 letters, digits, and . _ -.")
        at = self._begin(after, choice, consumer)
        page, until = Page(), time.monotonic() + _SECONDS
        while not page.is_last and not page.is_full(most) and time.monotonic() < until:
            at = self._more(page, at, choice, most)
        page.cursor, page.seq = str(at), at.seq
        return page

    def _begin(self, after: str, choice: Choice, consumer: str) -> Cursor:
        if after:
            at = self._known(cursors.read(after), choice)
        else:
            if consumer:  # nothing that comes from now on is pruned
                self._hear(consumer, 0)
            at = Cursor(self._identity, choice.digest, self.latest(), START)
        if consumer:
            self._hear(consumer, at.seq)
        return at

    def _hear(self, consumer: str, seq: int) -> None:
        """Notes how far somebody is; not with each page of what stood there at the beginning, as that is a commit."""
        noted, at = self._heard.get(consumer, (-1, 0.0))
        now = time.monotonic()
        if seq != noted or now - at > _AGAIN:
            self.store.consumers.advance(f"{CONSUMER} {consumer}", seq)
            self._heard[consumer] = seq, now
            if len(self._heard) > _NAMES:
                self._heard.clear()

    def _known(self, at: Cursor, choice: Choice) -> Cursor:
        again = "begin anew, without a cursor."
        if at.store != self._identity:
            raise StaleCursor(f"The cursor is of another store: {again}")
        if at.choice != choice.digest:
            raise StaleCursor(f"The cursor was given for another choice of quality, tasks and projects: {again}")
        if at.seq > self.latest():
            raise StaleCursor(f"The cursor is ahead of this store, which may be an earlier copy: {again}")
        self._refuse_pruned(at.seq)
        return at

    def _refuse_pruned(self, seq: int) -> None:
        if seq < self.store.changes.pruned():
            raise StaleCursor(
                "What changed behind the cursor is not kept any more: begin anew, without a cursor, and give a name "
                "(consumer), for which changes are kept."
            )

    def _more(self, page: Page, at: Cursor, choice: Choice, most: int) -> Cursor:
        """Adds a chunk of issues to a page, until it is full; says up to where."""
        if at.place is not None:
            return self._everything(page, at, at.place, choice, most)
        return self._changed(page, at, choice, most)

    def _everything(self, page: Page, at: Cursor, place: Identity, choice: Choice, most: int) -> Cursor:
        entries = self.store.placed.after(place, page.chunk(most), choice.projects)
        placed = {(entry.span.site, entry.span.id): entry for entry in entries}
        if not placed:
            return at._replace(place=None)
        for identity, lines in self._lines(placed).items():
            if lines:
                page.add(choice.of(lines))
            at = at._replace(place=identity)
            if page.is_full(most):
                break
        return at

    def _changed(self, page: Page, at: Cursor, choice: Choice, most: int) -> Cursor:
        changes = self.store.changes(at.seq, page.chunk(most))
        self._refuse_pruned(at.seq)
        if not changes:
            page.is_last = True
            return at
        identities = [(change.site, change.id) for change in changes]
        lines = self._lines(self.store.placed.of(identities), choice.projects)
        for change in changes:
            wanted = choice.of(there) if (there := lines.get((change.site, change.id))) else []
            page.add(wanted)
            if not wanted and not change.id.startswith(UNREADABLE):
                page.gone.append(f"{change.site}-{change.id}")
            at = at._replace(seq=change.seq)
            if page.is_full(most):
                break
        return at

    def _lines(self, placed: Mapping[Identity, FeedEntry], projects: Collection[str] = ()) -> dict[Identity, bytes]:
        """Reads the lines of issues; b"" for one that has none any more, or is of no project that is asked for.

        Lines that are not where they were a moment ago have moved, and are looked up again.
        """
        found: dict[Identity, bytes] = dict.fromkeys(placed, b"")
        missing = {identity: entry for identity, entry in placed.items() if not projects or entry.project in projects}
        for last in (trying == _TRIES - 1 for trying in range(_TRIES)):
            for entry, lines in self._read(missing.values()):
                if lines is not None:
                    whose = entry.span.site, entry.span.id
                    found[whose] = lines
                    del missing[whose]
            if not missing:
                return found
            if last:
                break
            time.sleep(_MOVING)
            now = self.store.placed.of(missing)
            missing = {whose: entry for whose, entry in now.items() if not projects or entry.project in projects}
        raise Refused(self._damaged(next(iter(missing.values()))))

    def _read(self, entries: Iterable[FeedEntry]) -> Sequence[tuple[FeedEntry, bytes | None]]:
        """Reads from each file in its order; between two names of a rewritten one, its bytes are under the new one."""
        ordered = sorted(entries, key=lambda entry: (entry.span.feed, entry.span.offset))
        with ExitStack() as stack:
            opened: dict[str, list[IO[bytes]]] = {}
            found: list[tuple[FeedEntry, bytes | None]] = []
            for entry in ordered:
                feed = entry.span.feed
                if feed not in opened:
                    opened[feed] = [stack.enter_context(file) for file in self._files(feed)]
                read = (lines_of(file, entry) for file in opened[feed])
                found.append((entry, next((lines for lines in read if lines is not None), None)))
            return found

    def _files(self, feed: str) -> Iterator[IO[bytes]]:
        for name in (feed, f"{feed}.new"):
            try:
                yield (self.folder / name).open("rb")
            except FileNotFoundError:
                continue

    def _damaged(self, entry: FeedEntry) -> str:
        feed = entry.span.feed
        if not (self.folder / feed).is_file():
            return f"{feed} is not in {self.folder}: a fleet's examples are read where its workers write."
        return f"{feed} is damaged at byte {entry.span.offset}: move it away, and scrapy crawl replay makes it again."
