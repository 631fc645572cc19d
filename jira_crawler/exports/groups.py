"""Which issues must stay together: near-duplicates, duplicates and clones, parents and sub-tasks, equal inputs.

Each issue leaves a few tokens (its cluster, its key, the keys it is related to, its inputs) as 64-bit hashes in one
array; issues with a token in common belong together. Twelve bytes a token, about eight tokens an issue: no text and no
table of names stays in memory. Two tokens that collide would join two groups, which splits bear.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterator, Sequence
from hashlib import blake2b
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from jira_crawler.exports.source import Entry

SEPARATOR: Final = ", "
# An example that compares two issues ends its id with the key of the other one.
_OTHER: Final = re.compile(r"-([A-Z][A-Z0-9_]*-[0-9]+)$")
SPLITS: Final = ("train", "validation", "test")
Shares = tuple[float, ...]


def token(text: str) -> int:
    """64 bits of a text's hash, the same everywhere and always."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def tokens(entry: Entry) -> set[int]:
    """What an issue shares with the others of its group."""
    about = entry.about
    site = about["site"]
    compared = {found[1] for sample in entry.samples if (found := _OTHER.search(sample.id))}
    keys = {about["issue_key"], *about["related"].split(SEPARATOR)} - {""} | compared
    # A cluster is named after an issue, in the same words as `identity`.
    named = {f"cluster {about['cluster']}", f"cluster {entry.identity}"} | {f"key {site} {key}" for key in keys}
    return {token(name) for name in named | {f"text {sample.prompt}" for sample in entry.samples if sample.prompt}}


class Groups:
    """Takes the issues one by one, and then knows for each the group it belongs to.

    A group is named after the hash of its oldest issue's identity, so that a new issue seldom renames it.
    """

    def __init__(self) -> None:
        self.names = array("Q")
        self._numbers = array("Q")
        self._tokens = array("Q")
        self._owners = array("I")

    def add(self, entry: Entry, number: int) -> None:
        """Takes the next issue; `number` is the lower the older."""
        self.take(tokens(entry), number, token(entry.identity))

    def take(self, shared: Collection[int], number: int, name: int) -> None:
        """Takes the next issue by its tokens and the hash of its identity."""
        self._tokens.extend(shared)
        self._owners.extend([len(self.names)] * len(shared))
        self._numbers.append(number)
        self.names.append(name)

    def join(self, others: Groups) -> None:
        """Takes the issues that somebody else has taken, behind its own."""
        owners = np.frombuffer(others._owners, dtype=np.uint32) + np.uint32(len(self.names))
        self._owners.frombytes(owners.tobytes())
        self._tokens.extend(others._tokens)
        self._numbers.extend(others._numbers)
        self.names.extend(others.names)

    def packed(self) -> tuple[bytes, bytes, bytes, bytes]:
        """Gives all that it took, as `unpacked` reads it."""
        return self.names.tobytes(), self._numbers.tobytes(), self._tokens.tobytes(), self._owners.tobytes()

    @classmethod
    def unpacked(cls, taken: Sequence[bytes]) -> Self:
        """Makes one again of what was packed."""
        made = cls()
        for there, content in zip((made.names, made._numbers, made._tokens, made._owners), taken, strict=True):
            there.frombytes(content)
        return made

    def roots(self) -> NDArray[np.int64]:
        """Gives for each issue, in the order they came, the place of the issue that its group is named after."""
        root = list(range(len(self.names)))
        for one, other in self._pairs():
            self._join(root, one, other)
        for at in range(len(root)):
            root[at] = _find(root, at)
        return np.array(root, dtype=np.int64)

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Gives neighbours among the owners of one token; a sixteenth of all tokens is sorted at a time."""
        hashes = np.frombuffer(self._tokens, dtype=np.uint64)
        owners = np.frombuffer(self._owners, dtype=np.uint32)
        part = (hashes >> np.uint64(60)).astype(np.uint8)
        for one in range(16):
            there = np.flatnonzero(part == one)
            there = there[np.argsort(hashes[there])]
            ordered = hashes[there]
            shared = np.flatnonzero(ordered[:-1] == ordered[1:])
            yield from zip(owners[there[shared]].tolist(), owners[there[shared + 1]].tolist(), strict=True)

    def _join(self, root: list[int], one: int, other: int) -> None:
        first, second = sorted((_find(root, one), _find(root, other)), key=lambda at: (self._numbers[at], at))
        root[second] = first


def _find(root: list[int], at: int) -> int:
    while root[at] != at:
        root[at] = root[root[at]]
        at = root[at]
    return at


def by_hash(roots: NDArray[np.int64], names: NDArray[np.uint64], shares: Shares) -> NDArray[np.int8]:
    """Gives the split of each issue; a group keeps its own as long as its name stays, whatever else is exported."""
    place = names[roots].astype(np.float64) / 2.0**64
    return np.searchsorted(_ends(shares), place, side="right").clip(0, _last(shares)).astype(np.int8)


def by_time(
    roots: NDArray[np.int64],
    names: NDArray[np.uint64],
    shares: Shares,
    created: NDArray[np.int64],
    wanted: NDArray[np.bool_],
) -> NDArray[np.int8]:
    """Gives the split of each issue: groups in the order of their newest issue, the first share of issues to train.

    `wanted` issues are counted, all others go with their group.
    """
    newest = np.full(len(roots), np.iinfo(np.int64).min)
    np.maximum.at(newest, roots, created)
    weight = np.bincount(roots, weights=wanted, minlength=len(roots))
    heads = np.flatnonzero(roots == np.arange(len(roots)))
    heads = heads[np.lexsort((names[heads], newest[heads]))]
    middle = (np.cumsum(weight[heads]) - weight[heads] / 2) / max(1, weight.sum())
    splits = np.zeros(len(roots), dtype=np.int8)
    splits[heads] = np.searchsorted(_ends(shares), middle, side="right").clip(0, _last(shares))
    return splits[roots]


def _ends(shares: Shares) -> NDArray[np.float64]:
    ends: NDArray[np.float64] = np.cumsum(shares) / sum(shares)
    return ends


def _last(shares: Shares) -> int:
    """The last split that is to hold anything: rounding must not fill another."""
    return max(at for at, share in enumerate(shares) if share)
