"""What work costs as a multiple of a walk over plain words, so that neither the machine nor its neighbours matter.

Work that is linear costs tens of walks over a text of its size; work that is quadratic costs thousands, and is noticed
at sixty kilobytes already. Only CPU time of this process counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from statistics import median
from time import process_time

SIZE = 60_000
LARGE = 120_000
PLAIN = "The broker of the second site loses its lease after some minutes of rest, and nobody knows why it does.\n"
MOST = 80  # the worst that is known costs 40
TRIES = 3  # a neighbour that spoils one measure does not spoil them all
_WORD = re.compile(r"\w+")


def of_size(unit: str, size: int = SIZE) -> str:
    """Repeats a piece of text until it is that many bytes long, or a little less."""
    return (unit * (size // len(unit.encode("utf-8", "surrogatepass")) + 1))[:size]


def seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def relative_cost(work: Callable[[], object], size: int = SIZE) -> float:
    """Gives how many walks over plain words of a size the work costs: the least of a few measures if it is too many."""
    found = []
    for _ in range(TRIES):
        found.append(seconds(work) / _walk_seconds(size))
        if found[-1] <= MOST:
            break
        _walk_seconds.cache_clear()  # the machine may be a slower one by now
    return min(found)


@cache
def _walk_seconds(size: int) -> float:
    text = of_size(PLAIN, size)
    return median(seconds(lambda: _WORD.sub(lambda word: word[0].upper(), text)) for _ in range(5))
