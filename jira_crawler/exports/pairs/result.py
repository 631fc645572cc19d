"""What is asked of a dataset of examples about issues and changes, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from jira_crawler.exports.groups import Shares
from jira_crawler.exports.shards import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsOptions:
    """`projects` are repositories in lower case, all where empty."""

    to: str
    grades: frozenset[str] = frozenset({"A", "B"})
    projects: frozenset[str] = frozenset()
    held_out: tuple[str, ...] = ()
    layout: Layout = field(default_factory=Layout)
    split_by: str = "time"
    shares: Shares = (90.0, 5.0, 5.0)
    force: bool = False


@dataclass(slots=True)
class PairsResult:
    """Examples by split, and by task and answer; what made none, by reason."""

    options: PairsOptions
    rows: Counter[str] = field(default_factory=Counter)
    tasks: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    files: dict[str, list[Path]] = field(default_factory=dict)
