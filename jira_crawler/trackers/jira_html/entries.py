"""Comments, history and worklogs, from the activity of an issue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, TypeVar

from parsel import Selector

from jira_crawler.items import Body, Change, Comment, Worklog
from jira_crawler.trackers.jira_html.activity import Activity
from jira_crawler.trackers.jira_html.tree import NOTHING, first, inner, line, person, when
from jira_crawler.trackers.moments import moment

# What a page calls the system fields in English, and what their history is called elsewhere.
_FIELDS: Final = {
    "summary": "summary",
    "description": "description",
    "environment": "environment",
    "issue type": "issuetype",
    "type": "issuetype",
    "status": "status",
    "resolution": "resolution",
    "priority": "priority",
    "assignee": "assignee",
    "reporter": "reporter",
    "labels": "labels",
    "component": "Component",
    "component/s": "Component",
    "components": "Component",
    "fix version": "Fix Version",
    "fix version/s": "Fix Version",
    "fix versions": "Fix Version",
    "version": "Version",
    "affects version": "Version",
    "affects version/s": "Version",
    "affects versions": "Version",
    "link": "Link",
    "remote link": "RemoteIssueLink",
    "attachment": "Attachment",
    "comment": "Comment",
    "due date": "duedate",
    "key": "Key",
    "project": "project",
    "parent": "Parent",
    "parent issue": "Parent Issue",
    "time spent": "timespent",
    "remaining estimate": "timeestimate",
    "original estimate": "timeoriginalestimate",
    "worklog id": "WorklogId",
    "security level": "security",
    "workflow": "Workflow",
}
_PLAIN: Final = frozenset({"summary", "description", "environment", "labels", "Comment"})
_ID: Final = re.compile(r"\s{1,3}\[ ?[^\[\]\s][^\[\]]{0,254}\]\Z|\A\[ [^\[\]]{1,255}\]\Z|\s{0,3}\[ {1,3}\]\Z")
_NUMBER: Final = re.compile(r"\s{1,3}\[ [\d, ]{1,255}\]\Z")
_SPENT: Final = re.compile(r"(?:(\d{1,6}) ?h(?:ours?)?)?,? ?(?:(\d{1,6}) ?m(?:in(?:ute)?s?)?)?", re.IGNORECASE)
_PINNED: Final = "ancestor-or-self::*[contains(@class, 'pinned') or contains(@id, 'pinned')]"
_NEVER: Final = datetime.min.replace(tzinfo=UTC)

Entry = TypeVar("Entry", Comment, Change)


def comments(activity: Activity) -> tuple[Comment, ...]:
    """Reads each comment once, the oldest first; one of which only the beginning is shown is none."""
    found: dict[str, Comment] = {}
    for piece in activity.pieces:
        for number, block in piece.blocks("comment"):
            if number not in found and number in piece.texts:
                found[number] = _comment(number, piece.texts[number], block)
    return _by_age(found.values())


def announced_comments(activity: Activity) -> int:
    """How many comments there are at least, by what a piece of the activity shows and says that it does not show.

    A comment that is pinned above the others is one of them, and may be one of those that are not shown.
    """
    shown = ({id_ for id_, block in piece.blocks("comment") if not block.xpath(_PINNED)} for piece in activity.pieces)
    return max((len(ids) + piece.collapsed for ids, piece in zip(shown, activity.pieces, strict=True)), default=0)


def changes(activity: Activity) -> tuple[Change, ...]:
    """Reads the history, the oldest first, with system fields called as REST calls them."""
    found: dict[str, list[Change]] = {}
    for number, block in activity.blocks("changehistory"):
        if number not in found:
            found[number] = [change for row in block.css("tr") if (change := _change(number, block, row))]
    return _by_age(change for entry in found.values() for change in entry)


def worklogs(activity: Activity) -> tuple[Worklog, ...]:
    """Reads the worklogs in order of their ids."""
    found: dict[str, Worklog] = {}
    for number, block in activity.blocks("worklog"):
        if number not in found:
            found[number] = _worklog(number, block)
    return tuple(sorted(found.values(), key=lambda entry: (len(entry.id), entry.id)))


def _comment(number: str, html: str, block: Selector) -> Comment:
    head = first(block, ".action-details")
    times = head.xpath("descendant::time/@datetime").getall()
    return Comment(
        id=number,
        body=Body(html, "html"),
        author=person(head),
        created=when(head),
        updated=moment(times[-1]) if len(times) > 1 else None,
    )


def _change(number: str, block: Selector, row: Selector) -> Change | None:
    name = line(first(row, "td.activity-name"))
    if not name:
        return None
    field = _FIELDS.get(name.casefold(), name)
    head = first(block, ".action-details")
    before, after = (_value(first(row, f"td.activity-{side}-val"), field) for side in ("old", "new"))
    return Change(id=number, field=field, before=before, after=after, author=person(head), created=when(head))


def _value(cell: Selector, field: str) -> str:
    """Takes a value without the id that a page shows behind it: `Open [ 1 ]`; texts keep their lines."""
    for end in cell.root.iter("br"):
        end.tail = "\n" + (end.tail or "").removeprefix("\r").removeprefix("\n")
    text = cell.xpath("string()").get("").strip()
    if field in _PLAIN:
        return text
    return (_ID if field in _FIELDS.values() else _NUMBER).sub("", text).strip()


def _worklog(number: str, block: Selector) -> Worklog:
    said = first(block, ".worklog-comment")
    head = first(block, ".action-details")
    return Worklog(
        id=number,
        body=None if said is NOTHING or not line(said) else Body(inner(said), "html"),
        author=person(head),
        started=when(head),
        seconds=_seconds(line(first(block, ".worklog-duration"))),
    )


def _seconds(text: str) -> int:
    """Reads hours and minutes; how long a day of work is, no page says."""
    spent = _SPENT.fullmatch(text)
    return int(spent[1] or 0) * 3600 + int(spent[2] or 0) * 60 if spent else 0


def _by_age(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.created or _NEVER, len(entry.id), entry.id)))
