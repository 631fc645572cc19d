"""What was known when: the moment of an issue's end, and the comments that stood there at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from jira_crawler.items import Change, Comment, Issue
from jira_crawler.tasks.once import once

# The comment of Jira's resolve dialog carries the time of the change; typing it by hand takes a little longer.
TOGETHER: Final = timedelta(minutes=2)
# Where history does not tell who resolved an issue, only a comment of the dialog is believed to belong to it.
AT_ONCE: Final = timedelta(seconds=10)


def resolved_at(issue: Issue) -> datetime | None:
    """When the resolution that it has now was given; None if it has none, or nobody knows."""
    if not issue.resolution.strip():
        return None
    change = last_change(issue, "resolution")
    return change.created if change and change.after else issue.resolved


def status_set_at(issue: Issue) -> datetime | None:
    """When the status that it has now was given; None if it never changed, or nobody knows."""
    change = last_change(issue, "status")
    return change.created if change else issue.resolved


def last_change(issue: Issue, field: str) -> Change | None:
    """The newest dated change of a field."""
    return _last_changes(issue).get(field)


@once
def _last_changes(issue: Issue) -> Mapping[str, Change]:
    last: dict[str, Change] = {}
    for change in issue.changes:
        if change.created and (change.field not in last or _when(change) > _when(last[change.field])):
            last[change.field] = change
    return last


def _when(change: Change) -> tuple[datetime | None, int, str]:
    return change.created, len(change.id), change.id


def known(comments: Iterable[Comment], moment: datetime) -> tuple[Comment, ...]:
    """The comments that read before `moment` as they read now; one that was edited later, or has no date, may not."""
    return tuple(c for c in comments if c.created and c.created < moment and (c.updated or c.created) < moment)


def before(said: tuple[Comment, ...], at: int) -> tuple[Comment, ...]:
    """The comments before one of `said`, without those that were edited after it."""
    moment = said[at].created
    if moment is None:
        return said[:at]
    return tuple(c for c in said[:at] if c.updated is None or c.updated <= moment or c.updated == c.created)


def resolving_comment(issue: Issue, said: Iterable[Comment]) -> Comment | None:
    """The comment nearest to the resolution, by the one who gave it; if nobody knows who, one of that very moment."""
    moment = resolved_at(issue)
    if moment is None:
        return None
    change = last_change(issue, "resolution")
    near = [c for c in said if c.created and abs(c.created - moment) <= (TOGETHER if change else AT_ONCE)]
    if change:
        near = [c for c in near if change.author and c.author == change.author]
    return min(near, key=lambda c: abs(c.created - moment) if c.created else TOGETHER, default=None)
