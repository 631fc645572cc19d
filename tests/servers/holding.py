"""A sandbox that holds still: what a test does meanwhile comes in the middle of a crawl, however fast that is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Semaphore
from typing import Any

PATIENCE = 600.0  # seconds that a request is waited for before a test says that it does not come

Entry = tuple[str, str, int]


class Held(list[Any]):
    """What was asked; the thread that serves stops at some of it, before that is answered."""

    def __init__(self, requests: Sequence[Entry], numbers: Sequence[int]) -> None:
        super().__init__(requests)
        self._numbers = deque(sorted(len(requests) + number for number in numbers))
        self._come, self._go = Semaphore(0), Semaphore(0)

    def append(self, entry: Entry) -> None:
        super().append(entry)
        while self._numbers and len(self) >= self._numbers[0]:
            self._numbers.popleft()
            self._come.release()
            self._go.acquire()

    def wait(self) -> None:
        """Waits until the next of the requests has come; nothing is answered from then on."""
        assert self._come.acquire(timeout=PATIENCE), f"no more than {len(self)} requests came"

    def go_on(self) -> None:
        self._go.release()

    def end(self) -> None:
        """Lets everything be answered."""
        self._go.release(len(self._numbers) + 1)
        self._numbers.clear()


@contextmanager
def holding(sandbox: Any, *numbers: int) -> Iterator[Held]:
    """Answers nothing from the n-th request on that comes in the block, until it is told to go on, or the block ends.

    Of several numbers each is waited for in its turn.
    """
    held = sandbox.application.requests = Held(sandbox.requests, numbers)
    try:
        yield held
    finally:
        held.end()
