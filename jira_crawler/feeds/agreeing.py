"""What is left of a worker's batch when it is seen beside what the other workers have committed."""

from __future__ import annotations

from collections.abc import Sequence

from jira_crawler.store.agreement import duplicate
from jira_crawler.store.rows import Row
from jira_crawler.store.store import Store


def agreed(store: Store, issues: Sequence[tuple[Row, bytes]]) -> list[tuple[Row, bytes]]:
    """Leaves out older versions than are stored, and takes the lines of duplicates; inside `alone()`."""
    late = store.agreement.outdated([row for row, _ in issues])
    fresh = [(row, lines) for row, lines in issues if row.identity not in late]
    canonical = store.agreement.canonical([row for row, _ in fresh])
    return [
        (duplicate(row, canonical[row.identity]), b"") if lines and row.identity in canonical else (row, lines)
        for row, lines in fresh
    ]
