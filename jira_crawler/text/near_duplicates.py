"""Finds texts that say nearly the same, however many there are and in whatever order they came.

From each text a sketch of at most 256 bytes is kept: the MinHash of its word 5-grams, or, below 50 words, a digest of
its words. Two long texts are near-duplicates if their sketches agree in 70 % of their places, which estimates a Jaccard
similarity of 0.7 with a standard error of 0.04; two short ones if their words are the same. Clusters are what hangs
together by such pairs, so they depend on the set of texts alone.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

LONG: Final = 50  # words, from which texts are compared by their grams
GRAM: Final = 5  # words
SIMILARITY: Final = 0.7

_PLACES: Final = 128
_SEED: Final = 1  # another one would make all stored sketches void
_AGREEING: Final = round(SIMILARITY * _PLACES)
# Texts are compared if they agree in one of 25 groups of 5 places: 99 % of pairs at 0.7 do, 1 % of those at 0.2.
_BAND: Final = 5
_MIX: Final = np.array([1, 1 << 16, 1 << 32, 1 << 48, 0x9E3779B97F4A7C15], np.uint64)

# A script without spaces has no words to count: each of its characters is one.
_WORD: Final = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\W_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_ASCII: Final = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}


def sketch(text: str) -> bytes:
    """What a text is compared by: 256 bytes from 50 words up, 8 bytes below, and none for no words at all."""
    words = _words(text)
    if not words:
        return b""
    if len(words) < LONG:
        return blake2b(" ".join(words).encode(), digest_size=8).digest()
    minima = RMinHash(num_perm=_PLACES, seed=_SEED)
    minima.update(list(map(" ".join, zip(*(words[at:] for at in range(GRAM)), strict=False))))
    return np.array(minima.digest(), np.uint32).astype("<u2").tobytes()


def _words(text: str) -> list[str]:
    if text.isascii():  # several times as fast as the pattern
        return text.translate(_ASCII).split()
    return _WORD.findall(text.casefold())


def clusters(sketches: Iterable[bytes]) -> list[int]:
    """Gives for each sketch the place of the first one in its cluster, which is its own if it stands alone.

    Memory is about 400 bytes a sketch. Texts without words stand alone.
    """
    short_places, short = array("q"), array("Q")
    long_places, long = array("q"), bytearray()
    count = 0
    for count, each in enumerate(sketches, 1):
        if len(each) == 2 * _PLACES:
            long_places.append(count - 1)
            long += each
        elif each:
            short_places.append(count - 1)
            short.append(int.from_bytes(each[:8], "little"))
    forest = _Forest(count)
    digests = np.frombuffer(short, np.uint64) if short else np.empty(0, np.uint64)
    for equal in _runs(digests):
        forest.join([short_places[at] for at in equal])
    _join_similar(np.frombuffer(long, "<u2").reshape(-1, _PLACES), long_places, forest)
    return [forest.root(place) for place in range(count)]


def _join_similar(minima: NDArray[np.uint16], places: array[int], forest: _Forest) -> None:
    """Joins what agrees in one band, and then in enough places."""
    for band in range(_PLACES // _BAND):
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
