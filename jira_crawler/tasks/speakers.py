"""Who said what an example teaches, when, and as whom: what is needed to put a conversation together again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from jira_crawler.items import Comment, Example, Issue, Person
from jira_crawler.tasks.thread import said, speaker
from jira_crawler.tasks.timeline import last_change, resolving_comment

Role = Literal["reporter", "resolver", "assignee", "maintainer", "participant", ""]

SEPARATOR: Final = ", "
EDITED: Final = "/"  # between the date of a comment and that of its last edit, as in an interval of ISO 8601

# Who may change these for somebody else's issue works on the project.
_NEEDS_RIGHTS: Final = frozenset(("status", "resolution", "priority", "assignee", "fix version", "component"))
_WHOLE: Final = "pretraining"


class Spoken(NamedTuple):
    """For an example of one comment its speaker, date and role; for a whole thread those of each comment, joined."""

    speaker: str = ""
    said: str = ""
    role: str = ""


_NOBODY: Final = Spoken()


class Speakers:
    """Knows the people of one issue by what they did to it."""

    def __init__(self, issue: Issue):
        self._thread = said(issue)
        self._roles = dict(_roles(issue, self._thread)) if self._thread else {}
        self._spoken = [self._of(comment) for comment in self._thread]
        self._by_id = {comment.id: spoken for comment, spoken in zip(self._thread, self._spoken, strict=True)}

    def of(self, example: Example) -> Spoken:
        """Whose words an example teaches; nobody's, where it asks for a label or a title."""
        if example.task_type == _WHOLE:
            return Spoken(*map(SEPARATOR.join, zip(*self._spoken, strict=True))) if self._spoken else _NOBODY
        return self._by_id.get(example.suffix, _NOBODY)

    def _of(self, comment: Comment) -> Spoken:
        role = self._roles.get(comment.author, "participant") if comment.author else ""
        return Spoken(speaker(comment.author), moment(comment), role)


def moment(comment: Comment) -> str:
    """When a comment was made, and when it came to read as it does if that was later; "" where nobody knows."""
    if comment.created is None:
        return ""
    edited = comment.updated if comment.updated and comment.updated > comment.created else None
    return date(comment.created) + (f"{EDITED}{date(edited)}" if edited else "")


def date(when: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, always of the same length."""
    aware = when if when.tzinfo is UTC else when.astimezone(UTC)
    return aware.isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def _roles(issue: Issue, thread: tuple[Comment, ...]) -> Iterator[tuple[Person, Role]]:
    """People with their roles, the role that counts most last."""
    for change in issue.changes:
        if change.author and change.field.casefold() in _NEEDS_RIGHTS:
            yield change.author, "maintainer"
    if issue.assignee:
        yield issue.assignee, "assignee"
    given = last_change(issue, "resolution") if issue.resolution.strip() else None
    found = resolving_comment(issue, thread)
    resolver = given.author if given and given.author else found.author if found else None
    if resolver:
        yield resolver, "resolver"
    if issue.reporter:
        yield issue.reporter, "reporter"
