"""Finds texts that say nearly the same, however many there are and in whatever order they came.

Two long texts are near-duplicates if their sketches agree in 70 % of their places, which estimates a Jaccard similarity
of 0.7 with a standard error of 0.04; two short ones if their words are the same. Clusters are what hangs together by
such pairs, so they depend on the set of texts alone.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jira_crawler.text.minhash import PLACES

SIMILARITY: Final = 0.7

_AGREEING: Final = round(SIMILARITY * PLACES)
# Texts are compared if they agree in one of 25 groups of 5 places: 99 % of pairs at 0.7 do, 1 % of those at 0.2.
_BAND: Final = 5
_MIX: Final = np.array([1, 1 << 16, 1 << 32, 1 << 48, 0x9E3779B97F4A7C15], np.uint64)


def clusters(sketches: Iterable[bytes]) -> list[int]:
    """Gives for each sketch the place of the first one in its cluster, which is its own if it stands alone.

    Memory is about 400 bytes a sketch. Texts without words stand alone.
    """
    short_places, short = array("q"), array("Q")
    long_places, long = array("q"), bytearray()
    count = 0
    for count, each in enumerate(sketches, 1):
        if len(each) == 2 * PLACES:
            long_places.append(count - 1)
            long += each
        elif each:
            short_places.append(count - 1)
            short.append(int.from_bytes(each[:8], "little"))
    forest = _Forest(count)
    digests = np.frombuffer(short, np.uint64) if short else np.empty(0, np.uint64)
    for equal in _runs(digests):
        forest.join([short_places[at] for at in equal])
    _join_similar(np.frombuffer(long, "<u2").reshape(-1, PLACES), long_places, forest)
    return [forest.root(place) for place in range(count)]


def _join_similar(minima: NDArray[np.uint16], places: array[int], forest: _Forest) -> None:
    """Joins what agrees in one band, and then in enough places."""
    for band in range(PLACES // _BAND):
        columns = minima[:, band * _BAND : (band + 1) * _BAND].astype(np.uint64)
        for candidates in _runs(columns @ _MIX):
            if len({forest.root(places[at]) for at in candidates}) > 1:
                _join_candidates(candidates, minima, places, forest)


def _join_candidates(
    waiting: NDArray[np.int64], minima: NDArray[np.uint16], places: array[int], forest: _Forest
) -> None:
    """Joins whatever hangs together among the candidates; each is compared with those not reached so far."""
    while len(waiting) > 1:
        reached, waiting = [waiting[0]], waiting[1:]
        while reached and len(waiting):
            here = reached.pop()
            similar = (minima[waiting] == minima[here]).sum(axis=1) >= _AGREEING
            if similar.any():
                forest.join([places[here], *(places[at] for at in waiting[similar])])
                reached.extend(waiting[similar])
                waiting = waiting[~similar]


def _runs(values: NDArray[np.uint64]) -> list[NDArray[np.int64]]:
    """The places of each value that stands at more than one, in order."""
    order = np.argsort(values, kind="stable")
    ends = np.flatnonzero(np.diff(values[order])) + 1
    edges = np.concatenate(([0], ends, [len(values)]))
    repeated = np.flatnonzero(np.diff(edges) > 1)
    return [order[edges[run] : edges[run + 1]] for run in repeated]


class _Forest:
    """What hangs together; the root of a tree is its lowest place."""

    def __init__(self, size: int):
        self.parents = array("q", range(size))

    def root(self, place: int) -> int:
        parents = self.parents
        while parents[place] != place:
            parents[place] = place = parents[parents[place]]
        return place

    def join(self, places: list[int]) -> None:
        roots = {self.root(place) for place in places}
        lowest = min(roots)
        for root in roots:
            self.parents[root] = lowest
