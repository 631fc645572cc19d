"""What an engine says, in the shape in which the plain figures are."""

from __future__ import annotations

from collections.abc import Iterable

from jira_crawler.metrics.gold import Gold
from tests.unit.metrics.plain import Figures, Key


def by_key(rows: Iterable[Gold]) -> dict[str, dict[Key, Figures]]:
    """The figures of each metric by what they are of, without rows of nothing."""
    found: dict[str, dict[Key, Figures]] = {}
    for row in rows:
        key = (row.reading, row.level, row.site, row.project, row.part)
        them = found.setdefault(row.metric, {})
        assert key not in them
        if row.n or row.unknown:
            them[key] = (row.n, row.sum, row.mean, row.median, row.unknown)
    return found
