"""An issue as it was when it was filed: its changelog undone, the newest change first.

What the reporter mends within a minute of filing counts as filed: that is a second look, not a second opinion. Only
system fields are undone; Jira writes them in lower case, but for `Component`, and a custom field that is called
`Priority` is another field. Where the changelog is cut, or misses dates, what is there is undone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from jira_crawler.items import Body, Change, Issue, Original

SECOND_LOOK: Final = timedelta(seconds=60)
_CANNOT_BE_EMPTY: Final = {"summary", "issuetype"}  # an entry that says so is broken


def original(issue: Issue) -> Original:
    """Gives what an issue said when it was created; a description that never changed is the very same Body."""
    undone = [change for change in reversed(issue.changes) if not _is_second_look(change, issue)]
    first = {change.field: change.before for change in undone if change.before or change.field not in _CANNOT_BE_EMPTY}
    return Original(
        title=first.get("summary", issue.title),
        description=_description(issue, first.get("description")),
        issue_type=first.get("issuetype", issue.issue_type),
        priority=first.get("priority", issue.priority),
        components=_components(issue.components, undone),
        labels=tuple(first["labels"].split()) if "labels" in first else issue.labels,
    )


def _is_second_look(change: Change, issue: Issue) -> bool:
    if change.created is None or change.author is None or change.author != issue.reporter:
        return False
    return change.created - issue.created <= SECOND_LOOK


def _description(issue: Issue, before: str | None) -> Body | None:
    """History keeps wiki markup, also on Cloud."""
    now = issue.description
    if before is None or (now is not None and now.source == before):
        return now
    return Body(before, "wiki") if before else None


def _components(now: Iterable[str], undone: Iterable[Change]) -> tuple[str, ...]:
    """An entry is one component that came, went, or was replaced by another."""
    names = dict.fromkeys(now)
    for change in undone:
        if change.field == "Component":
            names.pop(change.after, None)
            if change.before:
                names[change.before] = None
    return tuple(names)
