"""What is open in one process that reads samples, and how what changes gets into the order in which they are given."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Final

from jira_crawler.feeds.cursor import StaleCursor
from jira_crawler.feeds.pull import Choice
from jira_crawler.stream.order import Mixture, key
from jira_crawler.stream.pool import Held, Pool, Waiting
from jira_crawler.stream.progress import Progress
from jira_crawler.stream.sources import PageSource

_SHARE: Final = 3  # times as long as a look took nobody looks again


class Reading:
    """What is open in one process: the source, what came of it, and what waits for its turn."""

    def __init__(
        self,
        source: PageSource,
        share: tuple[int, int],
        *,
        choice: Choice,
        split: str | None,
        shares: tuple[float, ...],
        weights: Mapping[str, float],
        seed: int,
        follows: bool,
        every: float,
    ):
        self.pid, self.share, self.source = os.getpid(), share, source
        self._seed, self._follow, self._every = seed, follows, every
        # A group may be joined by an issue that is not chosen: for splits everything is pulled.
        self._asked = choice if split is None else Choice()
        self.pool = Pool(choice, split, shares, share)
        self._weights = weights
        self.mixture: Mixture[Waiting] = Mixture(self._weights, {})
        self.is_filled, self.due = False, 0.0
        self._cursor, self._is_closed = "", False
        self._rests_until = 0.0

    def begin(self, progress: Progress) -> None:
        """Sees to it that what waits is that of an epoch."""
        if not self._follow or not self.is_filled:
            self.is_filled = False
            self.refresh(progress)

    def is_wanted(self, progress: Progress) -> Callable[[Waiting], bool]:
        """Tells what is still to be given."""
        if not self._follow:
            return self.pool.is_wanted
        given, wanted = progress.given, self.pool.is_wanted
        return lambda example: example.mark not in given and wanted(example)

    def refresh(self, progress: Progress, wait: float = 0.0) -> None:
        """Takes in all that has changed, after up to `wait` seconds if nothing has."""
        fresh = self._pulled(wait)
        began = time.monotonic()
        moved = self.pool.regroup()
        if moved or not self.is_filled:
            self._fill(progress)
        else:
            for held in fresh:
                self._push(held, progress)
        now = time.monotonic()
        self._rests_until = now + _SHARE * (now - began)
        self.due = max(now + self._every, self._rests_until)

    def wait(self, progress: Progress, seconds: float) -> None:
        """Waits for something new; not again at once where it takes long to see what follows from it."""
        until = time.monotonic() + seconds
        if (rest := min(self._rests_until, until) - time.monotonic()) > 0:
            time.sleep(rest)
        self.refresh(progress, max(0.0, until - time.monotonic()))

    def _pulled(self, wait: float) -> list[Held]:
        fresh: list[Held] = []
        while True:
            try:
                page = self.source.pull(self._cursor, self._asked, wait)
            except StaleCursor:
                if not self._cursor:
                    raise
                self._cursor = ""
                self.pool.begin()
                continue
            fresh += self.pool.take(page.lines, page.gone)
            self._cursor, wait = page.cursor, 0.0
            if page.is_last:
                self.pool.end()
                return fresh

    def _fill(self, progress: Progress) -> None:
        if not self.is_filled:
            self.mixture = Mixture(self._weights, progress.credit)
            progress.credit = self.mixture.credit
        self.mixture.fill(found for example in self.pool.all() if (found := self._placed(example, progress)))
        self.is_filled = True

    def _push(self, held: Held, progress: Progress) -> None:
        if not held.is_over and self.pool.is_in_split(held):
            for example in held.examples:
                if found := self._placed(example, progress):
                    self.mixture.push(*found)

    def _placed(self, example: Waiting, progress: Progress) -> tuple[str, bytes, Waiting] | None:
        """Says in which queue an example is to wait, and where; None for one that is not to come, or came."""
        queue = self.mixture.queue(example.task)
        if queue is None or (self._follow and example.mark in progress.given):
            return None
        at = key(self._seed, progress.epoch, example.id)
        if not self._follow and at <= bytes.fromhex(progress.last.get(queue, "")):
            return None
        return queue, at, example

    def close(self) -> None:
        """Only the process that has opened it may close it, and once."""
        if self.pid == os.getpid() and not self._is_closed:
            self._is_closed = True
            self.source.close()
            self.pool.close()
