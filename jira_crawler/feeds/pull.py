"""The examples of a store in the order of its changes, page by page, while a crawl goes on writing."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.feeds import cursor as cursors
from jira_crawler.feeds.cursor import START, Cursor, StaleCursor
from jira_crawler.feeds.pages import MOST, Choice, Page
from jira_crawler.feeds.spans import lines_of
from jira_crawler.items import UNREADABLE
from jira_crawler.store.changes import Identity
from jira_crawler.store.database import connect, existing
from jira_crawler.store.snapshot import FeedEntry
from jira_crawler.store.store import Store

__all__ = ["MOST", "Choice", "Page", "Pull"]

_SECONDS: Final = 5.0  # that a page is filled for, where hardly anything is wanted of what is read
_TRIES: Final = 40
_TICK: Final = 0.5  # seconds between two looks for something new
_MOVING: Final = 0.05  # seconds between two looks for lines that are just being moved
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_DAY: Final = 86_400
_AGAIN: Final = 3_600.0  # seconds between two times that the same is noted of a consumer
_NAMES: Final = 1_000
CONSUMER: Final = "pull"  # what a name is put behind, so that nobody is taken for a follower of our own


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

    def expire(self, days: float) -> list[str]:
        """Forgets everybody who was not heard of for so many days; gives their names."""
        return self.store.consumers.expire(int((time.time() - days * _DAY) * 1000))

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

    def waited(
        self, after: str = "", choice: Choice | None = None, most: int = 1_000, consumer: str = "", wait: float = 0.0
    ) -> Page:
        """Reads a page as `page` does, and waits for up to so many seconds where there is nothing to say."""
        until = time.monotonic() + wait
        while True:
            page = self.page(after, choice, most, consumer)
            if page.lines or page.gone or (page.is_last and time.monotonic() >= until):
                return page
            after = page.cursor
            while page.is_last and self.latest() <= page.seq and (left := until - time.monotonic()) > 0:
                time.sleep(min(_TICK, left))

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
            return (
                f"{feed} is not in {self.folder}: what was lost is made again by scrapy crawl replay, and a fleet's is "
                "read where its workers write."
            )
        return f"{feed} is damaged at byte {entry.span.offset}: move it away, and scrapy crawl replay makes it again."
