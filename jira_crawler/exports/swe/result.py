"""What is asked of a dataset of instances, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.clone import Clone
from jira_crawler.exports.groups import Shares
from jira_crawler.exports.shards import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class SweOptions:
    """`clones` are by `owner/name` in lower case; `projects` are repositories or projects of a Jira, all if empty."""

    to: str
    clones: Mapping[str, Clone]
    grades: frozenset[str] = frozenset({"A", "B"})
    projects: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    held_out: tuple[str, ...] = ()
    needs_tests: bool = False
    layout: Layout = field(default_factory=Layout)
    split_by: str = "time"
    shares: Shares = (90.0, 5.0, 5.0)
    force: bool = False

    def __post_init__(self) -> None:
        if not self.clones:
            raise BadArgument("Say where the repositories are: --git FOLDER, or owner/name=FOLDER.")


@dataclass(slots=True)
class SweResult:
    """Instances by split and by repository, and the pairs that made none, by reason."""

    options: SweOptions
    rows: Counter[str] = field(default_factory=Counter)
    repositories: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    files: dict[str, list[Path]] = field(default_factory=dict)
    leaking: int = 0
