"""How long it takes from an issue's creation to the merge of the change that closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jira_crawler.metrics.closing import pairs
from jira_crawler.metrics.silver import Silver, how_it_landed, issues, pull_requests
from jira_crawler.metrics.summary import Value, summary

if TYPE_CHECKING:
    import ibis.expr.types as ir


def issue_to_merge(of: Silver, until: int) -> ir.Table:
    """Gives the figures of what was merged before a moment (seconds, not included).

    A change that was merged before its issue was filed counts with a time below zero.
    """
    import ibis

    merges, landings = _merges(of, until), _landings(of, until)
    time: Any = merges.ended - merges.created
    grade, from_jira = landings.grade, ~landings.is_github
    waited: Any = landings.ended - landings.created
    return ibis.union(
        summary(
            merges,
            {
                "closer": Value(merges.is_closer, time),
                "reference": Value(~merges.is_closer, time),
                "reference_first": Value(~merges.is_closer & merges.is_first, time),
            },
        ),
        summary(
            landings,
            {
                "landed_a": Value((grade == "A") & ~from_jira, waited),
                "landed_b": Value((grade == "B") & ~from_jira, waited),
                "jira_landed_a": Value((grade == "A") & from_jira, waited),
                "jira_landed_b": Value((grade == "B") & from_jira, waited),
            },
        ),
    )


def _merges(of: Silver, until: int) -> ir.Table:
    """Gives each pair whose pull request was merged; where one end is not in the tables, its time is null."""
    import ibis

    there = issues(of)
    opened = there.select("site", "issue_id", "created")
    known = there.select("site", pull_id="issue_id", pull_key="issue_key")
    pulls = pull_requests(of, until).select("site", pull_id="issue_id", ended="merged_at")
    found = pairs(of).left_join(opened, ["site", "issue_id"]).drop("site_right", "issue_id_right")
    for other in (known, pulls):
        found = found.left_join(other, ["site", "pull_id"]).drop("site_right", "pull_id_right")
    found = found.filter(
        (found.created.isnull() | (found.created < until)) & (found.ended.notnull() | found.pull_key.isnull())
    )
    of_issue = ibis.window(group_by=["site", "is_closer", "issue_id"], order_by=found.ended.asc(nulls_first=False))
    return found.mutate(is_first=ibis.row_number().over(of_issue) == 0)


def _landings(of: Silver, until: int) -> ir.Table:
    """Gives the first landing for each issue and grade; a site that has pull requests is a GitHub."""
    changes = of.pairs
    changes = changes.filter(changes.reverted_by.nullif("").isnull())
    is_undated = changes.landed_at.isnull() & how_it_landed(changes).notnull()
    changes = changes.filter((changes.landed_at < until) | is_undated)
    first = changes.group_by("site", "issue_id", "grade").agg(ended=changes.landed_at.min())
    githubs = of.pull_requests.select(github="site").distinct()
    found = first.join(issues(of).select("site", "issue_id", "project", "created"), ["site", "issue_id"])
    found = found.filter(found.created.isnull() | (found.created < until))
    found = found.left_join(githubs, found.site == githubs.github)
    return found.mutate(is_github=found.github.notnull())
