"""What splits share that they must not, counted from the files as they were written."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jira_crawler.exports.as_of import latest
from jira_crawler.exports.format import Format
from jira_crawler.exports.groups import token
from jira_crawler.exports.shards import read

NEVER: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Overlap:
    """Groups and inputs that are in more than one split, rows that know what came later, and how many were read."""

    groups: int
    inputs: int
    rows: int
    late: int = 0

    @property
    def leaks(self) -> bool:
        return bool(self.groups or self.inputs or self.late)


def overlap(splits: Mapping[str, Sequence[Path]], format_: Format, until: Mapping[str, str] = NEVER) -> Overlap:
    """Reads every file of every split and counts what stands in two of them; sixteen bytes an input are in memory.

    `until` has the date up to which a split may know anything, where there is one.
    """
    groups, inputs, rows, late = [], [], 0, 0
    dates = ("created", "updated", *format_.dates_from) if until else ()
    columns = dict.fromkeys(("group", *format_.inputs_from, *dates))
    for name, paths in splits.items():
        seen = Seen(), Seen()
        for path in paths:
            for record in read(path, tuple(columns)):
                rows += 1
                late += name in until and latest(record) > until[name]
                seen[0].add(record["group"])
                for text in filter(None, format_.inputs(record)):
                    seen[1].add(text)
        groups.append(seen[0].distinct())
        inputs.append(seen[1].distinct())
    return Overlap(_shared(groups), _shared(inputs), rows, late)


class Seen:
    """Remembers texts by 64 bits of their hash; that one stands beside its like, as in one issue, costs nothing."""

    def __init__(self) -> None:
        self._tokens = array("Q")
        self._last = ""

    def add(self, text: str) -> None:
        if text != self._last:
            self._last = text
            self._tokens.append(token(text))

    def distinct(self) -> NDArray[np.uint64]:
        return np.unique(np.frombuffer(self._tokens, dtype=np.uint64))


def _shared(distinct: Sequence[NDArray[np.uint64]]) -> int:
    """Counts what is in more than one of some arrays."""
    counts = np.unique(np.concatenate(distinct), return_counts=True)[1] if len(distinct) > 1 else np.zeros(0)
    return int(np.count_nonzero(counts > 1))
