"""What switches of exports say, read the same way for every format."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING, TypeVar

from jira_crawler.exceptions import BadArgument

if TYPE_CHECKING:
    from jira_crawler.exports.shards import Layout

N = TypeVar("N", int, float)


def listed(text: str) -> tuple[str, ...]:
    """Reads what is joined by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def number(name: str, text: str, kind: Callable[[str], N]) -> N:
    """Reads a number; raises BadArgument, with the name of the switch, for what is none."""
    try:
        found = kind(text)
        if not isfinite(found):
            raise ValueError
    except (ValueError, OverflowError):
        raise BadArgument(f"--{name} is made of numbers, and {text!r} is none.") from None
    return found


def layout(opts: Namespace) -> Layout:
    """Reads how files are written."""
    from jira_crawler.exports.shards import Layout

    if opts.files not in ("parquet", "jsonl"):
        raise BadArgument("--files is parquet or jsonl.")
    if opts.zstd and opts.files != "jsonl":
        raise BadArgument("--zstd goes with --files jsonl; Parquet is compressed by itself.")
    return Layout(
        files="jsonl.zst" if opts.zstd else opts.files,
        most_rows=number("shard-rows", opts.shard_rows, int),
        most_bytes=int(number("shard-mb", opts.shard_mb, float) * 1e6),
    )
