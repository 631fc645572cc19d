"""Many values become the few points of a chart."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jira_crawler.exports.charts import Point

_MOST_MONTHS: Final = 360  # three pixels each


def by_time(found: Counter[str]) -> tuple[list[Point], str]:
    """Every month from the first to the last, or every year where months are too many to see; and which it is."""
    first, last = (_month(each) for each in (min(found), max(found)))
    if last - first < _MOST_MONTHS:
        names = [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(first, last + 1)]
        return [(name, found[name]) for name in names], "month"
    years = Counter[str]()
    for name, number in found.items():
        years[name[:4]] += number
    return [(f"{year:04}", years[f"{year:04}"]) for year in range(first // 12, last // 12 + 1)], "year"


def _month(name: str) -> int:
    return int(name[:4]) * 12 + int(name[5:7]) - 1


def by_length(lengths: NDArray[np.uint32]) -> list[Point]:
    """How many lengths there are from each power of two to the next."""
    powers = np.floor(np.log2(np.maximum(lengths, 1))).astype(int)
    counts = np.bincount(powers)
    return [(short(2**power), int(counts[power])) for power in range(int(powers.min()), len(counts))]


def by_size(sizes: Counter[int]) -> list[Point]:
    """How many clusters there are of each size, the large ones together."""
    grouped = Counter[str]()
    for size, number in sizes.items():
        grouped[str(size) if size < 5 else "5 to 9" if size < 10 else "10 and more"] += number
    return list(grouped.items())


def short(number: float) -> str:
    """A number as a person reads it at a glance: 9,999, 12.3 k, 4.56 M."""
    for unit, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= max(unit, 10**4):
            return f"{number / unit:.3g} {letter}"
    return f"{number:,}"
