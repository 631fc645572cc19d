"""How long pull requests stay open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jira_crawler.metrics.silver import Silver, pull_requests
from jira_crawler.metrics.summary import Value, summary

if TYPE_CHECKING:
    import ibis.expr.types as ir


def open_time(of: Silver, until: int) -> ir.Table:
    """Gives the figures as of a moment (seconds, not included)."""
    import ibis

    them = pull_requests(of, until).left_join(_gaps(of), ["site", "issue_id"])
    is_closed, closed_for = them.closed_at.notnull(), them.closed_at - them.created
    return summary(
        them,
        {
            "closed": Value(is_closed, closed_for),
            "merged": Value(them.merged_at.notnull(), them.merged_at - them.created),
            "landed": Value(them.landed_at.notnull() | them.landed_how.notnull(), them.landed_at - them.created),
            "without_reopened_gaps": Value(is_closed, ibis.ifelse(them.is_known, closed_for - them.gap, None)),
            "with_still_open": Value(ibis.literal(True), them.closed_at.fill_null(until) - them.created),
            "still_open": Value(them.closed_at.isnull(), until - them.created),
        },
    )


def _gaps(of: Silver) -> ir.Table:
    """Gives for how many seconds each was closed before it was reopened.

    A history that begins with being closed is not known: everything begins open.
    """
    import ibis

    stays = of.status_intervals
    first = ibis.row_number().over(ibis.window(group_by=["site", "issue_id"], order_by=stays.valid_from.asc())) == 0
    stays = stays.mutate(is_closed=stays.status.lower() == "closed", is_first=first)
    return stays.group_by("site", "issue_id").agg(
        gap=(stays.valid_until - stays.valid_from).sum(where=stays.is_closed).fill_null(0),
        is_known=~(stays.is_first & stays.is_closed).any(),
    )
