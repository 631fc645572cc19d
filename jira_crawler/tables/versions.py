"""What was known when: the versions of an issue that were fetched, and what went away between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from jira_crawler.tables.facts import Facts, Row

TRACKED: Final = (
    *(
        "summary",
        "type",
        "status",
        "priority",
        "resolution",
        "assignee_id",
        "assignee",
        "labels",
        "components",
        "fixes",
    ),
    *("n_comments", "n_attachments", "n_links", "n_worklogs"),
)
# By table: what a row is, the column of its id, and the list that may be cut.
_KINDS: Final = {
    "comments": ("comment", "comment_id", "comment"),
    "review_comments": ("review_comment", "comment_id", ""),
    "attachments": ("attachment", "attachment_id", ""),
    "issuelinks": ("link", "link_id", ""),
    "worklogs": ("worklog", "worklog_id", "worklog"),
}
_DERIVED: Final = ("updated", "n_comments", "n_attachments", "n_links", "n_worklogs", "n_changes")


@dataclass(frozen=True, slots=True)
class Seen:
    """A version as it was fetched from `since` until `until` (ms, None: now); facts that are forgotten are None."""

    since: int
    until: int | None
    hash: str
    cut: tuple[str, ...]
    facts: Facts | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Gone:
    """That an issue was not to be had any more from `at` (ms) on, or there again (`availability` is `present`)."""

    at: int
    availability: str
    evidence: str


def issue_versions(versions: Sequence[Seen]) -> list[Row]:
    """Gives a row for each version, the first one first."""
    rows = []
    for at, seen in enumerate(versions):
        before = versions[at - 1].facts if at else None
        tracked = {name: seen.facts.issue.get(name) for name in TRACKED} if seen.facts else {}
        row = {
            "version": at + 1,
            "seen_from": seen.since * 1000,
            "seen_until": seen.until * 1000 if seen.until is not None else None,
            "updated": seen.facts.issue.get("updated") if seen.facts else None,
            "payload_hash": seen.hash or None,
            "changed_fields": _changed(before, seen.facts) if before and seen.facts else [],
            **tracked,
        }
        rows.append(row)
    return rows


def _changed(before: Facts, after: Facts) -> list[str]:
    """Names what differs between two versions: columns of issues, lists, and custom fields by their ids."""
    names = [
        name
        for name in sorted({*before.issue, *after.issue} - set(_DERIVED))
        if before.issue.get(name) != after.issue.get(name)
    ]
    names += [name for name in sorted({*before.children, *after.children}) if before.rows(name) != after.rows(name)]
    custom = sorted({*before.custom, *after.custom})
    return names + [name for name in custom if before.custom.get(name) != after.custom.get(name)]


def availability_events(versions: Sequence[Seen], gone: Sequence[Gone]) -> list[Row]:
    """Gives what was found to be gone or there again, in order of time: the issue itself and what hung on it."""
    rows = []
    before = "present"
    for each in gone:
        row = {
            "kind": "issue",
            "detected_at": each.at * 1000,
            "before": before,
            "after": each.availability,
            "cause": "census" if each.availability != "present" else "listing",
            "evidence": each.evidence,
        }
        rows.append(row)
        before = each.availability
    for earlier, later in pairwise(versions):
        rows += _lost(earlier, later)
    return sorted(rows, key=lambda row: (row["detected_at"], row["kind"], row.get("child_id") or ""))


def _lost(earlier: Seen, later: Seen) -> list[Row]:
    """Finds what hung on an issue and does not any more; of a list that was cut nobody can say it."""
    if earlier.facts is None or later.facts is None:
        return []
    rows = []
    for table, (kind, column, part) in _KINDS.items():
        if part in later.cut:
            continue
        there = {row.get(column) for row in later.facts.rows(table)}
        for id_ in [row.get(column) for row in earlier.facts.rows(table)]:
            if id_ and id_ not in there:
                row = {
                    "kind": kind,
                    "child_id": id_,
                    "detected_at": later.since * 1000,
                    "before": "present",
                    "after": "deleted",
                    "cause": "fetch",
                    "evidence": f"not among the {len(there)} that the issue has now",
                }
                rows.append(row)
    return rows
