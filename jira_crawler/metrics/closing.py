"""Signs of closing become pairs of an issue and a pull request, whichever of the two a sign was shown at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jira_crawler.metrics.silver import Silver, issues

if TYPE_CHECKING:
    import ibis.expr.types as ir

ISSUE: Final = "issue"
PULL: Final = "pull_request"
CLOSER: Final = "closer"
_ELSEWHERE: Final = "elsewhere "  # before the name of what is not in the tables, so that it is the id of nothing


def pairs(of: Silver) -> ir.Table:
    """Gives every pair once for each way in which it is known: `site, is_closer, issue_id, pull_id`, and `project`.

    One end of a pair is in the tables. The project is the issue's, or the pull request's where the issue is not there.
    A commit that closed an issue stands for the pull request that it merged, and for nothing if it merged none.
    """
    import ibis

    there = issues(of)
    there = there.select("site", "issue_id", "issue_key", "project", kind=there.kind.fill_null(ISSUE))
    signs = _resolved(_signs(of), there, of)
    is_at_issue = signs.here == ISSUE
    is_at_pull = (signs.here == PULL) & ~signs.is_closer
    other = ibis.ifelse(is_at_issue, PULL, ISSUE)
    signs = signs.filter((is_at_issue | is_at_pull) & (signs.found_kind.isnull() | (signs.found_kind == other)))
    is_at_issue = signs.here == ISSUE
    return signs.select(
        "site",
        "is_closer",
        issue_id=ibis.ifelse(is_at_issue, signs.issue_id, signs.found_id),
        pull_id=ibis.ifelse(is_at_issue, signs.found_id, signs.issue_id),
        project=ibis.ifelse(is_at_issue, signs.here_project, signs.found_project.fill_null(signs.here_project)),
    ).distinct()


def _signs(of: Silver) -> ir.Table:
    signs = of.closings
    return signs.select(
        "site",
        "issue_id",
        is_closer=signs.kind == CLOSER,
        other_id=signs.other_id.nullif(""),
        other_key=signs.other_key.nullif(""),
        commit=signs.commit.nullif(""),
    ).distinct()


def _resolved(signs: ir.Table, there: ir.Table, of: Silver) -> ir.Table:
    """Finds the other end by its id, else by its key, and where there is neither by the commit."""
    import ibis

    merges = of.pull_requests.filter(of.pull_requests.merged_at.notnull() & of.pull_requests.merge_commit.notnull())
    ends = [
        there.select("site", "issue_id", here="kind", here_project="project"),
        there.select("site", other_id="issue_id", id_kind="kind", id_project="project"),
        there.select("site", other_key="issue_key", key_id="issue_id", key_kind="kind", key_project="project"),
        merges.select("site", commit="merge_commit", merge_id="issue_id"),
    ]
    found = signs.join(ends[0], ["site", "issue_id"])
    for end, by in zip(ends[1:], ("other_id", "other_key", "commit"), strict=True):
        found = found.left_join(end, ["site", by]).drop("site_right", f"{by}_right")
    is_by_id, is_by_key = found.id_kind.notnull(), found.key_kind.notnull()
    is_nameless = found.other_id.isnull() & found.other_key.isnull()
    found = found.filter(~is_nameless | (found.merge_id.notnull() & found.is_closer & (found.here == ISSUE)))
    elsewhere = ibis.literal(_ELSEWHERE).concat(ibis.coalesce(found.other_key, found.other_id))
    return found.mutate(
        found_id=ibis.cases(
            (is_by_id, found.other_id), (is_by_key, found.key_id), (is_nameless, found.merge_id), else_=elsewhere
        ),
        found_kind=ibis.cases(
            (is_by_id, found.id_kind), (is_by_key, found.key_kind), (is_nameless, ibis.literal(PULL))
        ),
        found_project=ibis.cases((is_by_id, found.id_project), (is_by_key, found.key_project)),
    )
