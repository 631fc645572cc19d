"""Fits the weights of `jira_crawler/tasks/value.py` to comments that were read and judged by docs/rubric.md.

    python -m benchmarks.weights FOLDER…

The folders hold recorded issues. Logistic regression over the signs with a ridge of a half, by Newton's method, over
verdicts that are not sealed, of the rounds in FITTED; it prints weights to a digit. Left out a tenth at a time, they
say how good the weights are. A round that is read afterwards is what the weights are held against, and is not in it.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.diet_ratings import RATED, read
from benchmarks.ratings import auc, ratings
from benchmarks.recorded_issues import examples
from jira_crawler.tasks.signs import signs
from jira_crawler.tasks.value import WEIGHTS

FITTED = "first", "second", "third", "fourth", "fifth", "sixth"
RIDGE = 0.5
STEPS = 50  # of Newton's, far more than are needed
PARTS = 10
Numbers = NDArray[np.float64]


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    shown, kept = _rated(parser.parse_args().folders)
    for name, weight in zip((*WEIGHTS, "bias"), fitted(shown, kept), strict=True):
        print(f"{name:9} {weight:5.1f}")
    left_out = np.zeros(len(kept))
    for part in range(PARTS):
        there = np.arange(len(kept)) % PARTS != part
        left_out[~there] = shown[~there] @ fitted(shown[there], kept[there])
    found = auc(left_out.tolist(), kept.tolist())
    print(f"{len(kept)} comments, {int(kept.sum())} kept; left out in turn: AUC {found:.3f}")
    return 0


def fitted(shown: Numbers, kept: Numbers) -> Numbers:
    """Gives the weight of each column; the last one is the bias, which no ridge holds back."""
    weights, ridge = np.zeros(shown.shape[1]), np.full(shown.shape[1], RIDGE)
    ridge[-1] = 0.0
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-shown @ weights))
        slope = shown.T @ (chance - kept) + ridge * weights
        bend = (shown * (chance * (1 - chance))[:, None]).T @ shown + np.diag(ridge)
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def _rated(folders: Iterable[Path]) -> tuple[Numbers, Numbers]:
    """The signs of each comment that somebody has judged, with a one behind them, and whether it is kept."""
    verdicts = {each["id"]: each["keep"] for each in _verdicts()}
    found = [
        ([*(signs(example.output)[name] for name in WEIGHTS), 1.0], verdicts[identity])
        for identity, _, example in examples(folders)
        if identity in verdicts and example.task_type in ("question_answering", "next_comment")
    ]
    return np.array([shown for shown, _ in found]), np.array([float(keep) for _, keep in found])


def _verdicts() -> Iterator[dict[str, Any]]:
    yield from (each for each in ratings() if not each["sealed"])
    for name in FITTED:
        yield from read(RATED / f"{name}.jsonl")


if __name__ == "__main__":
    sys.exit(main())
