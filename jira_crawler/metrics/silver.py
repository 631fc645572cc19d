"""The tables that metrics are made of, as Ibis sees them, whichever engine holds them.

A column of ids is text here, whatever it is in the files; a point in time is a whole number of seconds since 1970, so
that every engine adds up the same whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jira_crawler.links.landing import BULK

if TYPE_CHECKING:
    import ibis.expr.types as ir

TEXT, WHOLE, TIME, LIST = "string", "int64", "timestamp('UTC', 6)", "array<string>"
COLUMNS: Final[dict[str, dict[str, str]]] = {
    "issues": {
        **dict.fromkeys(("site", "issue_id", "issue_key", "project", "kind", "milestone", "availability"), TEXT),
        "labels": LIST,
        "created": TIME,
        "fetched_at": TIME,
    },
    "pull_requests": {
        **dict.fromkeys(("site", "issue_id", "merge_commit", "landed_how", "landed_commit"), TEXT),
        **dict.fromkeys(("merged_at", "closed_at", "landed_at"), TIME),
        **dict.fromkeys(("additions", "deletions"), WHOLE),
    },
    "closings": dict.fromkeys(("site", "issue_id", "kind", "other_key", "other_id", "commit"), TEXT),
    "status_intervals": {
        **dict.fromkeys(("site", "issue_id", "status"), TEXT),
        **dict.fromkeys(("valid_from", "valid_until"), TIME),
    },
    "pairs": {
        **dict.fromkeys(("site", "issue_id", "grade", "landed_how", "reverted_by"), TEXT),
        "landed_at": TIME,
    },
}
NEEDED: Final = ("issues", "pull_requests")  # without the others, the readings that they are for are of nothing
# Issues of which a row is left that says that they are elsewhere, or nobody knows where.
GONE: Final = ("deleted", "moved", "access_lost")


@dataclass(frozen=True, slots=True)
class Silver:
    """The tables, bound to no engine."""

    issues: ir.Table
    pull_requests: ir.Table
    closings: ir.Table
    status_intervals: ir.Table
    pairs: ir.Table


def silver() -> Silver:
    """Gives every table by its name, with times as seconds."""
    import ibis

    return Silver(**{name: _in_seconds(ibis.table(columns, name=name), columns) for name, columns in COLUMNS.items()})


def _in_seconds(table: ir.Table, columns: dict[str, str]) -> ir.Table:
    return table.mutate(**{name: seconds(table[name]) for name, kind in columns.items() if kind == TIME})


def seconds(moment: Any) -> Any:
    """Makes whole seconds of a point in time; what is left of a second is left out, and not rounded."""
    # What engines give for an epoch is a whole number of one kind or another, or not one.
    return moment.truncate("s").epoch_seconds().cast("float64").cast("int64")


def issues(of: Silver) -> ir.Table:
    """Gives the issues and pull requests that are there; no milestone is null."""
    there = of.issues.filter(of.issues.availability.isnull() | ~of.issues.availability.isin(GONE))
    return there.mutate(milestone=there.milestone.nullif(""))


def pull_requests(of: Silver, until: int) -> ir.Table:
    """Gives pull requests as they were at a moment (seconds, not included): what came later is null, or not there.

    Which labels, milestone and size one has is as it was fetched last: nobody tells what they were before.
    """
    them = issues(of)
    them = them.filter(them.kind == "pull_request").drop("kind", "availability", "fetched_at")
    joined = them.join(of.pull_requests, ["site", "issue_id"])
    joined = joined.filter(joined.created.isnull() | (joined.created < until))
    joined = joined.mutate(closed_at=joined.closed_at.fill_null(joined.merged_at))
    joined = joined.mutate(landed_how=how_it_landed(joined))
    is_later = {name: joined[name] >= until for name in ("merged_at", "closed_at", "landed_at")}
    is_later["landed_how"] = is_later["landed_at"]
    return joined.mutate(**{name: _unless(later, joined[name]) for name, later in is_later.items()})


def how_it_landed(table: ir.Table) -> Any:
    """Gives how something landed; null where it did not, or was closed in bulk, which brings nothing in."""
    return table.landed_how.nullif("").nullif(BULK)


def _unless(hidden: Any, value: Any) -> Any:
    import ibis

    return ibis.ifelse(hidden.fill_null(False), None, value)


def as_number(flag: Any) -> Any:
    """Makes 1 of what is so and 0 of what is not; not every engine casts one to the other."""
    import ibis

    return ibis.ifelse(flag, 1, 0).cast("int64")
