"""How well `metadata.value` sorts what was read and judged by docs/rubric.md.

    python -m benchmarks.ratings FOLDER… [--open]

The folders hold recorded issues. `benchmarks/ratings/*.jsonl` has the verdicts by the ids of examples, without their
texts. Half of them are sealed: no weight is fitted to those. `--open` leaves them out, for whoever changes weights.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.recorded_issues import examples
from jira_crawler.tasks.value import value

RATINGS = Path(__file__).parent / "ratings"


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--open", action="store_true")
    options = parser.parse_args()
    verdicts = {each["id"]: each for each in ratings()}
    found: list[tuple[dict[str, Any], float, float, str]] = [
        (verdicts[identity], quality, value(example).score, example.task_type)
        for identity, quality, example in examples(options.folders)
        if identity in verdicts
    ]
    print(f"{len(found)} of {len(verdicts)} rated examples are there")
    for half in ("open",) if options.open else ("open", "sealed"):
        for name, types in {"all": None, "answers": ("question_answering", "next_comment")}.items():
            chosen = [each for each in found if each[0]["sealed"] == (half == "sealed")]
            chosen = [each for each in chosen if types is None or each[3] in types]
            kept = [each[0]["keep"] for each in chosen]
            by_value = auc([each[2] for each in chosen], kept)
            by_quality = auc([each[1] for each in chosen], kept)
            sizes = f"{half:6} {name:8} {len(chosen):4}, kept {sum(kept):4}"
            print(f"{sizes}: AUC {by_value:.3f}; the issue's quality {by_quality:.3f}")
    return 0


def ratings() -> Iterator[dict[str, Any]]:
    """Gives every verdict: `id`, `keep`, `sealed`."""
    for path in sorted(RATINGS.glob("*.jsonl")):
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def auc(scores: Sequence[float], kept: Sequence[object]) -> float:
    """The chance that a kept example has a higher score than a dropped one; a tie counts half."""
    good = [score for score, keep in zip(scores, kept, strict=True) if keep]
    bad = [score for score, keep in zip(scores, kept, strict=True) if not keep]
    won = sum((one > other) + 0.5 * (one == other) for one in good for other in bad)
    return won / (len(good) * len(bad)) if good and bad else 0.5


if __name__ == "__main__":
    sys.exit(main())
