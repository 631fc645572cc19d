"""Which labels pull requests have, and how many have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jira_crawler.metrics.readings import LABEL
from jira_crawler.metrics.silver import Silver, as_number, pull_requests
from jira_crawler.metrics.summary import FIGURES, KEYS, Value, summary

if TYPE_CHECKING:
    import ibis.expr.types as ir


def labels(of: Silver, until: int) -> ir.Table:
    """Gives the figures of what was created before a moment (seconds); labels are as they were fetched last."""
    import ibis

    them = pull_requests(of, until).select("site", "project", "issue_id", "labels")
    each = them.select("site", "project", "issue_id", part=them.labels.unnest())
    each = each.filter(each.part.notnull()).distinct()  # some engines give a row of null for an empty list
    many = each.group_by("site", "issue_id").agg(many=each.count())
    counted = them.mutate(is_known=them.labels.notnull()).left_join(many, ["site", "issue_id"])
    number = ibis.ifelse(counted.is_known, counted.many.fill_null(0), None)
    has_none = ibis.ifelse(counted.is_known, as_number(counted.many.isnull()), None)
    everything = ibis.literal(True)
    whole = summary(counted, {"labels_each": Value(everything, number), "without_label": Value(everything, has_none)})
    of_project = counted.group_by("site", "project").agg(
        pulls=as_number(counted.is_known).sum(),
        assignments=counted.many.sum(),
        unknown=as_number(~counted.is_known).sum(),
    )
    by_label = each.group_by("site", "project", "part").agg(sum=each.count())
    return ibis.union(whole, _shares(by_label.join(of_project, ["site", "project"])))


def _shares(them: ir.Table) -> ir.Table:
    """Gives both shares of each label; they have no values in the middle, for something has a label or has it not."""
    import ibis

    of_pulls = "share_of_pull_requests"
    each = them.mutate(reading=ibis.array([of_pulls, "share_of_assignments"]).unnest())
    nobody = ibis.null("int64")
    return each.select(
        "reading",
        "site",
        "project",
        "part",
        "sum",
        "unknown",
        level=ibis.literal(LABEL),
        n=ibis.ifelse(each.reading == of_pulls, each.pulls, each.assignments),
        low=nobody,
        high=nobody,
    ).select(*KEYS, *FIGURES)
