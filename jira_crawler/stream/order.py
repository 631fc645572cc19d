"""In which order examples are given: shuffled by seed, epoch and id, and by weights among tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")
Entry = tuple[bytes, int, T]  # the second orders what has one key: an example that came again


def key(seed: int, epoch: int, id_: str) -> bytes:
    """The place of an example among all, which depends on nothing else: 16 bytes, to be compared."""
    return blake2b(f"{seed} {epoch} {id_}".encode(), digest_size=16).digest()


class Mixture(Generic[T]):
    """Queues in the order of keys, one for each task that has a weight; one for all where there are no weights.

    Whose turn it is follows from what was given so far (smooth weighted round robin): of weights 3 and 1 every four
    examples bring three and one. A queue that is empty stands aside and gathers no claim.
    """

    def __init__(self, weights: Mapping[str, float], credit: Mapping[str, float] | None = None):
        self._weights = {name: weight for name, weight in sorted(weights.items()) if weight > 0} or {"": 1.0}
        self._queues: dict[str, list[Entry[T]]] = {name: [] for name in self._weights}
        self._count = count()
        self.credit = {name: float((credit or {}).get(name, 0.0)) for name in self._weights}

    def queue(self, task: str) -> str | None:
        """Names the queue of a task; None if nothing of it is wanted."""
        return "" if "" in self._weights else task if task in self._weights else None

    def push(self, queue: str, at: bytes, item: T) -> None:
        heappush(self._queues[queue], (at, next(self._count), item))

    def fill(self, items: Iterable[tuple[str, bytes, T]]) -> None:
        """Puts these, each with its queue and key, in place of all that waits."""
        for waiting in self._queues.values():
            waiting.clear()
        for queue, at, item in items:
            self._queues[queue].append((at, next(self._count), item))
        for waiting in self._queues.values():
            heapify(waiting)

    def pop(self, is_wanted: Callable[[T], bool]) -> tuple[str, Entry[T]] | None:
        """Gives the next one that is still wanted, with its queue; None if none waits."""
        ready = []
        for name, waiting in self._queues.items():
            while waiting and not is_wanted(waiting[0][2]):
                heappop(waiting)
            if waiting:
                ready.append(name)
        if not ready:
            return None
        if len(ready) > 1:
            for name in ready:
                self.credit[name] += self._weights[name]
        chosen = max(ready, key=lambda name: self.credit[name])
        if len(ready) > 1:
            self.credit[chosen] -= sum(self._weights[name] for name in ready)
        return chosen, heappop(self._queues[chosen])
