"""How many lines pull requests change, by milestone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jira_crawler.metrics.readings import MILESTONE
from jira_crawler.metrics.silver import Silver, pull_requests
from jira_crawler.metrics.summary import Value, summary

if TYPE_CHECKING:
    import ibis.expr.types as ir


def lines(of: Silver, until: int) -> ir.Table:
    """Gives the figures of what was created before a moment (seconds); milestones are as they were fetched last.

    A size of which a half is not known is not known.
    """
    import ibis

    them = pull_requests(of, until)
    size = them.additions + them.deletions
    readings = {"all": Value(ibis.literal(True), size), "merged": Value(them.merged_at.notnull(), size)}
    return summary(them, readings, part="milestone", level=MILESTONE)
