"""How much of the default diet is worth keeping, as read and judged by docs/rubric.md.

    python -m benchmarks.diet_ratings [--export FOLDER…]

`benchmarks/ratings/diet/*.jsonl` has a verdict and a reason for each example that was read, a file a round: the first
before the diet was mended by what it showed, the others after. With `--export`, folders that `scrapy export` has made
of the same issues, only what is in them counts. Intervals are Wilson's, of 95 %.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from typing import Any

RATED = Path(__file__).parent / "ratings" / "diet"
_Z = 1.96  # 95 of a hundred


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--export", type=Path, nargs="+", default=[], metavar="FOLDER")
    options = parser.parse_args()
    there = set(exported(options.export))
    for path in sorted(RATED.glob("*.jsonl")):
        rated = [each for each in read(path) if not options.export or each["id"] in there]
        print(f"{path.stem}: {shown(rated)}")
        families = sorted({family(each) for each in rated})
        for name in families:
            print(f"  {name:9} {shown([each for each in rated if family(each) == name])}")
    return 0


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Gives every verdict of a round: `id`, `keep`, `why`, `stratum`, and the `weight` of its stratum in rows."""
    yield from map(json.loads, path.read_text("utf-8").splitlines())


def exported(folders: list[Path]) -> Iterator[str]:
    """Gives the ids of all rows of exports in JSON lines."""
    for folder in folders:
        for path in sorted((folder / "data").glob("*.jsonl")):
            with path.open(encoding="utf-8") as file:
                yield from (json.loads(line)["id"] for line in file)


def family(rated: dict[str, Any]) -> str:
    """What kind of example it is: a comment, a title, a label or a thread."""
    return str(rated["stratum"]).partition("/")[0]


def shown(rated: list[dict[str, Any]]) -> str:
    """Says how many are kept, with the interval, and the share where each counts for the rows that it stands for."""
    kept, of = sum(each["keep"] for each in rated), len(rated)
    low, high = interval(kept, of)
    weighed = sum(each["weight"] * each["keep"] for each in rated) / max(sum(each["weight"] for each in rated), 1)
    return f"{kept:3} of {of:3} = {kept / max(of, 1):.1%} ({low:.1%} to {high:.1%}); by rows {weighed:.1%}"


def interval(kept: int, of: int) -> tuple[float, float]:
    """Between which shares the share of all lies, as far as a sample can tell."""
    if not of:
        return 0.0, 1.0
    share = kept / of
    middle = share + _Z**2 / (2 * of)
    half = _Z * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return (middle - half) / (1 + _Z**2 / of), (middle + half) / (1 + _Z**2 / of)


if __name__ == "__main__":
    sys.exit(main())
