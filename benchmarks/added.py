"""Fits the weights of `jira_crawler/exports/added.py` to comments that were read by readers who made no rule.

    python -m benchmarks.added FEEDS [--aside]

FEEDS is the folder of a dataset of the recorded issues, as `python -m benchmarks.recorded_feeds` makes it. Logistic
regression by Newton's method, as for values, over the verdicts of the rounds in FITTED whose issues were not put aside;
it prints weights to a digit. Left out a tenth at a time, issue by issue, they say how good weights and bound are.
`--aside` looks at the comments that were put aside instead, with weights and bound as they are: at the end, and once.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.diet_ratings import RATED, family, read, shown
from benchmarks.ratings import auc
from benchmarks.weights import PARTS, fitted
from jira_crawler.exports.added import WEIGHTS, added, chance
from jira_crawler.exports.diet import LEAST_CHANCE, LEAST_VALUE
from jira_crawler.exports.groups import token
from jira_crawler.exports.source import Sample, Source

FITTED = "eighth", "ninth"  # by readers who made no rule
Rated = tuple[str, Sample, dict[str, Any]]  # issue, comment, verdict


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("feeds", type=Path)
    parser.add_argument("--aside", action="store_true")
    options = parser.parse_args()
    rated = list(_rated(options.feeds))
    aside = {issue for issue, _, verdict in rated if verdict.get("aside")}
    if options.aside:
        _show_aside([(sample, verdict) for _, sample, verdict in rated if verdict.get("aside")])
        return 0
    _fit([each for each in rated if each[0] not in aside])
    return 0


def _fit(rated: list[Rated]) -> None:
    counted = np.array([[*(added(sample)[name] for name in WEIGHTS), 1.0] for _, sample, _ in rated])
    kept = np.array([float(verdict["keep"]) for *_, verdict in rated])
    for name, weight in zip((*WEIGHTS, "bias"), fitted(counted, kept), strict=True):
        print(f"{name:9} {weight:5.1f}")
    parts = np.array([token(f"part {issue}") % PARTS for issue, *_ in rated])
    left_out = np.zeros(len(kept))
    for part in range(PARTS):
        there = parts != part
        left_out[~there] = 1 / (1 + np.exp(-counted[~there] @ fitted(counted[there], kept[there])))
    found = auc(left_out.tolist(), kept.tolist())
    print(f"{len(kept)} comments, {int(kept.sum())} kept; left out in turn: AUC {found:.3f}")
    above = left_out >= LEAST_CHANCE
    print(f"of a chance of {LEAST_CHANCE:g} and more: {shown(_of(rated, above))}")


def _show_aside(rated: list[tuple[Sample, dict[str, Any]]]) -> None:
    print(f"put aside: {shown([verdict for _, verdict in rated])}")
    above = [(sample, verdict) for sample, verdict in rated if chance(sample) >= LEAST_CHANCE]
    print(f"of a chance of {LEAST_CHANCE:g} and more: {shown([verdict for _, verdict in above])}")
    for kind in sorted({sample.example_type for sample, _ in above}):
        print(f"  {kind:17} {shown([verdict for sample, verdict in above if sample.example_type == kind])}")
    for reader in sorted({verdict["reader"] for _, verdict in above}):
        print(f"  reader {reader:10} {shown([verdict for _, verdict in above if verdict['reader'] == reader])}")


def _of(rated: list[Rated], chosen: NDArray[np.bool_]) -> list[dict[str, Any]]:
    return [verdict for (*_, verdict), there in zip(rated, chosen.tolist(), strict=True) if there]


def _rated(feeds: Path) -> Iterator[Rated]:
    """Gives the comments that were read, in the order of the feeds, with what was said of each."""
    verdicts = {each["id"]: each for name in FITTED for each in read(RATED / f"{name}.jsonl")}
    with Source(feeds) as source:
        for entry in map(source.read, source.spans()):
            for sample in entry.samples:
                verdict = verdicts.get(sample.id)
                if verdict and family(verdict) == "comments" and (sample.value or 0.0) >= LEAST_VALUE:
                    yield entry.identity, sample, verdict


if __name__ == "__main__":
    sys.exit(main())
