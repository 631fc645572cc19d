"""Whether words tell a label: a small linear learner against the label that is the most frequent.

The learner is regularised least squares over hashed words, solved through the products of all pairs of texts. It has
no chance in it and no steps, so that equal texts give equal figures. It finds what single words tell. What it does not
find a language model may still find, but then in few rows and with much of the noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from jira_crawler.text.words import words

FOLDS: Final = 5
SHOWN: Final = 6_000  # characters of a text that are looked at
_BUCKETS: Final = 8_192
_RARITIES: Final = (0.25, 0.05)  # a word weighs one, and one more below each of these shares of the texts
_RIDGE: Final = 1.0
FOUND: Final = 0.5  # of the rows that have a label
_DIGITS: Final = 9  # of a score: what lies behind them hangs on the machine

Words = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured: shares of held-out rows, 0 to 1, and the standard error of their difference."""

    rows: int
    labels: int
    majority: float
    learned: float
    error: float

    @property
    def gain(self) -> float:
        """How much more often the learner is right than the most frequent label."""
        return self.learned - self.majority


def hashed(text: str) -> Words:
    """The different words of a text as numbers below 8,192, sorted."""
    found = {crc32(word.encode("utf-8", "surrogatepass")) % _BUCKETS for word in words(text[:SHOWN]).split(" ")}
    return np.array(sorted(found), dtype=np.uint16)


class Learner:
    """Answers each fold by what the others teach; a row is right where its answer is one of its labels.

    `folds` has a number below FOLDS for each row. A fold that has no other rows to learn from counts as wrong for both.
    `whole` is what is measured of all labels.
    """

    def __init__(self, texts: Sequence[Words], labels: Sequence[frozenset[str]], folds: NDArray[np.int64]):
        self._names, self._wanted = _table(labels)
        self._folds = folds
        self._likeness = _likeness(texts) if len(self._names) > 1 else None
        self.whole, self._recalled = _measured(self._likeness, self._wanted, folds)

    def told_apart(self) -> tuple[Measured, tuple[str, ...]]:
        """Leaves labels out, with their rows, until each is found in half of its rows and more, or two are left.

        Of those that are found less often the rarest goes first: without it others may be told apart, and most rows
        stay. Of two it is what is gained that tells whether they are. Gives what is measured of those left, and those
        left out, sorted.
        """
        rows, left = np.arange(len(self._wanted)), np.arange(len(self._names))
        asked, found, recalled = self._wanted, self.whole, self._recalled
        while len(left) > 2 and len(hardly := np.flatnonzero(recalled < FOUND)):
            rarest = hardly[asked[:, hardly].sum(axis=0).argmin()]
            rows, left = rows[asked[:, rarest] == 0], np.delete(left, rarest)
            asked = self._wanted[np.ix_(rows, left)]
            assert self._likeness is not None  # noqa: S101 - it is there from two labels on
            found, recalled = _measured(self._likeness[np.ix_(rows, rows)], asked, self._folds[rows])
        return found, tuple(name for at, name in enumerate(self._names) if at not in left)


def _table(labels: Sequence[frozenset[str]]) -> tuple[list[str], NDArray[np.float64]]:
    """The names of all labels, and a row of ones and zeros for each row."""
    names = sorted(frozenset().union(*labels))
    places = {name: at for at, name in enumerate(names)}
    wanted = np.zeros((len(labels), len(names)))
    for row, chosen in enumerate(labels):
        wanted[row, [places[name] for name in chosen]] = 1
    return names, wanted


def _measured(
    likeness: NDArray[np.float64] | None, wanted: NDArray[np.float64], folds: NDArray[np.int64]
) -> tuple[Measured, NDArray[np.float64]]:
    """What is measured, and in which share of its rows each label is named."""
    rows, labels = wanted.shape
    likeliest, named = _named(likeness, wanted, folds)
    recalled = (named & (wanted > 0)).sum(axis=0) / wanted.sum(axis=0)
    likely, learned = ((answers & (wanted > 0)).any(axis=1) for answers in (likeliest, named))
    error = float(np.sqrt(np.count_nonzero(likely != learned))) / rows
    return Measured(rows, labels, float(likely.mean()), float(learned.mean()), error), recalled


def _named(
    likeness: NDArray[np.float64] | None, wanted: NDArray[np.float64], folds: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which label is the most frequent one for each row, and which the learner names; without likeness the same."""
    likely, learned = np.zeros(wanted.shape, dtype=np.bool_), np.zeros(wanted.shape, dtype=np.bool_)
    for fold in range(FOLDS):
        asked, known = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if not len(asked) or not len(known):
            continue
        mean = wanted[known].mean(axis=0)
        likely[asked, mean.argmax()] = True
        if likeness is None:
            learned[asked] = likely[asked]
            continue
        ridge = likeness[np.ix_(known, known)] + _RIDGE * np.eye(len(known))
        scores = mean + likeness[np.ix_(asked, known)] @ np.linalg.solve(ridge, wanted[known] - mean)
        learned[asked, np.round(scores, _DIGITS).argmax(axis=1)] = True
    return likely, learned


def _likeness(texts: Sequence[Words]) -> NDArray[np.float64]:
    """How much two texts have in common: the cosine of their words.

    Weights are whole numbers, and so are their products: the order in which a machine adds them does not show.
    """
    counts = np.bincount(np.concatenate(texts), minlength=_BUCKETS)
    telling = np.flatnonzero((counts >= 2) & (counts < len(texts)))
    column = np.full(_BUCKETS, -1, dtype=np.int64)
    column[telling] = np.arange(len(telling))
    weights = np.ones(len(telling), dtype=np.float32)
    for share in _RARITIES:
        weights += counts[telling] < share * len(texts)
    there = np.zeros((len(texts), len(telling)), dtype=np.float32)
    for row, text in enumerate(texts):
        columns = column[text]
        columns = columns[columns >= 0]
        there[row, columns] = weights[columns]
    sizes = np.sqrt(np.maximum((there**2).sum(axis=1, dtype=np.float64), 1))
    likeness: NDArray[np.float64] = (there @ there.T).astype(np.float64) / sizes[:, None] / sizes[None, :]
    return likeness
