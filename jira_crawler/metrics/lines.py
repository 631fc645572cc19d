"""How many lines pull requests change, by milestone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jira_crawler.metrics.readings import MILESTONE
from jira_crawler.metrics.silver import Silver, pull_requests
from jira_crawler.metrics.summary import Value, summary

if TYPE_CHECKING:
    import ibis.expr.types as ir


_MOST: Final = 1 << 40  # a larger size, or one below zero, is nobody's: sums of some of these would be no whole numbers


def lines(of: Silver, until: int) -> ir.Table:
    """Gives the figures of what was created before a moment (seconds); milestones are as they were fetched last.

    A size of which a half is not known, or is none, is not known.
    """
    import ibis

    them = pull_requests(of, until)
    is_plausible = them.additions.between(0, _MOST) & them.deletions.between(0, _MOST)
    size = ibis.ifelse(is_plausible, them.additions + them.deletions, None)
    readings = {"all": Value(ibis.literal(True), size), "merged": Value(them.merged_at.notnull(), size)}
    return summary(them, readings, part="milestone", level=MILESTONE)
