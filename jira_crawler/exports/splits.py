"""Which split each group goes to: by its hash, by the time of its newest issue, or all to one."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SPLITS: Final = ("train", "validation", "test")
Shares = tuple[float, ...]


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
