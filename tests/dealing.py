"""Deals tests to the workers of pytest-xdist, the long ones first, so that little is left to wait for at the end.

`--dist worksteal` gives each worker an equal stretch of what was collected, and to one that is through half of what
another still has, from its end. As they are collected, the long tests are the end of the last stretch: all workers
wait with them, and nobody has anything to do beside that. So those that mostly wait are mixed with those that compute.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, groupby

SLOW = ("tests/system/", "tests/integration/")  # the first wait for processes, the others compute


def deal(names: Sequence[str], workers: int) -> list[int]:
    """Gives the order in which tests are to be collected, as their places among the names.

    Every stretch begins with its share of the long tests and goes on with short ones.
    """
    kinds = [_piles([place for place, name in enumerate(names) if name.startswith(folder)], names) for folder in SLOW]
    mixed = [(number / len(piles), pile) for piles in kinds for number, pile in enumerate(piles)]
    piles = [pile for _, pile in sorted(mixed, key=lambda each: each[0])]
    hands = [[*chain.from_iterable(piles[first::workers])] for first in range(workers)]
    quick = [place for place, name in enumerate(names) if not name.startswith(SLOW)]
    for number, hand in enumerate(hands, 1):
        wanted = max(0, len(names) * number // workers - len(names) * (number - 1) // workers - len(hand))
        hand += quick[:wanted]
        del quick[:wanted]
    return [*chain.from_iterable(hands), *quick]


def _piles(places: Sequence[int], names: Sequence[str]) -> list[list[int]]:
    return [[*each] for _, each in groupby(places, key=lambda place: _together(names[place]))]


def _together(name: str) -> str:
    """Names what tests share that one worker should make once: a module, or the servers of a folder."""
    module = name.partition("::")[0]
    return module if name.startswith("tests/system/") else module.rpartition("/")[0]
