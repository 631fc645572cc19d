"""How work went: in which status an issue was from when until when, and what follows from that."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from jira_crawler.tables.context import SiteContext, Status
from jira_crawler.tables.facts import Facts, Row

_RANK: Final = {"new": 0, "indeterminate": 1, "done": 2}
_SECOND: Final = 1_000_000


def status_intervals(found: Facts, site: SiteContext) -> list[Row]:
    """Gives every status that an issue was in, the first one first; the last one has no end.

    Where the history does not lead to what the issue says now, because it is cut or was changed past it, the present
    status begins when the issue was updated last.
    """
    issue = found.issue
    changes = [row for row in _changes(found, "status") if row["changed_at"] is not None]
    now = site.status(issue.get("status_id"), issue.get("status"))
    if issue.get("created") is None or not now.name:
        return []
    steps: list[tuple[int, Status, Row]] = []
    first = site.status(changes[0].get("from_id"), changes[0]["from_value"]) if changes else now
    # What was imported may have changed before it was created.
    begin = min(issue["created"], changes[0]["changed_at"]) if changes else issue["created"]
    steps.append((begin, first, {}))
    steps += [(row["changed_at"], site.status(row.get("to_id"), row["to_value"]), row) for row in changes]
    if not _is_same(steps[-1][1], now):
        steps.append((max(issue.get("updated") or 0, steps[-1][0]), now, {}))
    return [_interval(at, steps) for at in range(len(steps))]


def _changes(found: Facts, field: str) -> list[Row]:
    """Gives the changes of a field of the tracker's own; a custom field may be called as it is."""
    return [row for row in found.rows("changelog") if row["field"] == field and row.get("field_type") != "custom"]


def _is_same(one: Status, other: Status) -> bool:
    """Tells by the id, as a name may have changed since, or by the name, as what was imported has ids of elsewhere."""
    return bool(one.id and one.id == other.id) or one.name.casefold() == other.name.casefold()


def _interval(at: int, steps: list[tuple[int, Status, Row]]) -> Row:
    begin, status, change = steps[at]
    before = steps[at - 1][1] if at else None
    end = steps[at + 1][0] if at + 1 < len(steps) else None
    return {
        "seq": at + 1,
        "status_id": None if status.is_known_by_name else status.id or None,
        "status": status.name or None,
        "category": status.category or None,
        "previous": before.name if before else None,
        "direction": _direction(before, status),
        "valid_from": begin,
        "valid_until": end,
        "seconds": (end - begin) / _SECOND if end is not None else None,
        "is_current": end is None,
        "actor_id": change.get("author_id"),
        "actor": change.get("author"),
    }


def _direction(before: Status | None, status: Status) -> str | None:
    if before is None:
        return "new"
    if before.category not in _RANK or status.category not in _RANK:
        return None
    step = _RANK[status.category] - _RANK[before.category]
    return "forward" if step > 0 else "backward" if step < 0 else "lateral"


def issue_flow(found: Facts, intervals: list[Row], site: SiteContext) -> list[Row]:
    """Gives the one row that says how long an issue took; times that go on are in none of its sums."""
    created = found.issue.get("created")
    if created is None or not intervals:
        return []
    stays = [(site.status(each["status_id"], each["status"]), each) for each in intervals]
    started = next((each["valid_from"] for status, each in stays if site.is_started(status)), None)
    done = _done(stays, site)
    active = sum(each["seconds"] or 0.0 for status, each in stays if site.is_started(status))
    waiting = sum(
        each["seconds"] or 0.0 for status, each in stays if not site.is_started(status) and not site.is_done(status)
    )
    spent = active + waiting
    reopened = sum(site.is_done(before) and not site.is_done(after) for (before, _), (after, _) in pairwise(stays))
    row = {
        "first_response_at": _first_response(found),
        "started_at": started,
        "done_at": done,
        "lead_s": (done - created) / _SECOND if done is not None and done >= created else None,
        "cycle_s": (done - started) / _SECOND if done is not None and started is not None and done >= started else None,
        "active_s": active,
        "waiting_s": waiting,
        "reopened": reopened,
        "handovers": _handovers(found),
        "flow_efficiency": active / spent if spent and done is not None else None,
    }
    return [row]


def _done(stays: list[tuple[Status, Row]], site: SiteContext) -> int | None:
    """When the work was done for good: the beginning of the last stretch of done statuses, if it has not ended."""
    since = None
    for status, each in stays:
        if not site.is_done(status):
            since = None
        elif since is None:
            since = each["valid_from"]
    return since


def _first_response(found: Facts) -> int | None:
    """When a person other than the reporter commented first, for the reporter to read: not among agents."""
    reporter = found.issue.get("reporter_id") or found.issue.get("creator_id")
    for row in found.rows("comments"):
        is_internal = row.get("public") is False  # where nobody says so, as in Data Center, it may be either
        by_another = row["author_id"] and row["author_id"] != reporter
        if row["created"] is not None and not row["is_bot"] and by_another and not is_internal:
            return int(row["created"])
    return None


def _handovers(found: Facts) -> int:
    """How often the work went from one person to another one, told by their ids, where there are some."""
    ends = (
        [row.get(f"{end}_id") or row[f"{end}_value"] for end in ("from", "to")] for row in _changes(found, "assignee")
    )
    return sum(1 for before, after in ends if before and after and before != after)
