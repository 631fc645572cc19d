"""Pairs of the store become a dataset of instances: chosen, made, split, written, and put in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.clone import Clone
from jira_crawler.exports.destination import CARD, destination
from jira_crawler.exports.groups import Shares
from jira_crawler.exports.options import SPLIT_BY
from jira_crawler.exports.shards import Layout, Split
from jira_crawler.exports.swe.card import card
from jira_crawler.exports.swe.choosing import chosen
from jira_crawler.exports.swe.columns import Columns
from jira_crawler.exports.swe.instances import Instances
from jira_crawler.exports.swe.splitting import SPLIT_NAMES, split
from jira_crawler.store.store import Store


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
        if not self.to:
            raise BadArgument("Say where to export to: --to FOLDER, or a URL such as s3://bucket/path.")
        if not self.clones:
            raise BadArgument("Say where the repositories are: --git FOLDER, or owner/name=FOLDER.")
        if not self.grades or not self.grades <= {"A", "B"}:
            raise BadArgument("--grades is A, B or both.")
        if self.split_by not in SPLIT_BY:
            raise BadArgument(f"--split-by is one of {', '.join(SPLIT_BY)}.")


@dataclass(slots=True)
class SweResult:
    """Instances by split and by repository, and the pairs that made none, by reason."""

    options: SweOptions
    rows: Counter[str] = field(default_factory=Counter)
    repositories: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    files: dict[str, list[Path]] = field(default_factory=dict)
    leaking: int = 0


def export(
    store: Store, near: Path, options: SweOptions, progress: Callable[[int], None] = lambda _: None
) -> SweResult:
    """Makes a dataset; raises BadArgument if that cannot be done, and then the destination is as before."""
    result = SweResult(options)
    with destination(options.to, near, force=options.force) as stage:
        changes, left = chosen(store.links.all_pairs(), options.grades)
        instances = Instances(store, options.clones, options.excluded, options.needs_tests, Counter(left))
        records = [each for each in instances.of(changes, progress) if _is_wanted(each, options, instances.left)]
        if not records:
            reasons = ", ".join(f"{n:,} {why}" for why, n in instances.left.most_common(3)) or "nothing was linked"
            raise BadArgument(f"There is no instance to export ({reasons}): scrapy link finds pairs.")
        (stage / "data").mkdir()
        _write(records, result, stage)
        result.left = +instances.left
        (stage / CARD).write_text(card(result), "utf-8")
    return result


def _is_wanted(record: Mapping[str, Any], options: SweOptions, left: Counter[str]) -> bool:
    names = {record["repo"].lower(), *(key.rpartition("-")[0].lower() for key in record["issue_keys"])}
    if options.projects and not names & options.projects:
        left["of other projects"] += 1
        return False
    return True


def _write(records: list[dict[str, Any]], result: SweResult, stage: Path) -> None:
    options = result.options
    names = split(list(records), options.split_by, options.shares, options.held_out)
    for name in SPLIT_NAMES:
        these = [record for record, of in zip(records, names, strict=True) if of == name]
        if not these:
            continue
        sizes = [sum(len(value) for value in each.values() if isinstance(value, str)) for each in these]
        with Split(stage, name, len(these), sum(sizes), Columns(), options.layout) as file:
            for record, size in zip(these, sizes, strict=True):
                file.write(record, size)
            result.files[name] = file.paths
        result.rows[name] = len(these)
        result.repositories.update(each["repo"] for each in these)
        result.leaking += sum(each["leaked_share"] > 0 for each in these)
