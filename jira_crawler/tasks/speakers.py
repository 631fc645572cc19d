"""Who said what an example teaches, when, and as whom: what is needed to put a conversation together again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from jira_crawler.items import Comment, Example, Issue, Person
from jira_crawler.tasks.thread import said, speaker
from jira_crawler.tasks.timeline import last_change, resolving_comment

Role = Literal["reporter", "resolver", "assignee", "maintainer", "participant", ""]

SEPARATOR: Final = ", "
EDITED: Final = "/"  # between the date of a comment and that of its last edit, as in an interval of ISO 8601

# Who may change these for somebody else's issue works on the project.
_NEEDS_RIGHTS: Final = frozenset(("status", "resolution", "priority", "assignee", "fix version", "component"))
_WHOLE: Final = "pretraining"


@dataclass(frozen=True, slots=True)
class Spoken:
    """For an example of one comment its speaker, date and role; for a whole thread those of each comment, joined."""

    speaker: str = ""
    said: str = ""
    role: str = ""


class Speakers:
    """Knows the people of one issue by what they did to it."""

    def __init__(self, issue: Issue):
        self._thread = said(issue)
        self._comments = {comment.id: comment for comment in self._thread}
        self._roles = dict(_roles(issue, self._thread)) if self._thread else {}

    def of(self, example: Example) -> Spoken:
        """Whose words an example teaches; nobody's, where it asks for a label or a title."""
        if example.task_type == _WHOLE:
            spoken = [self._of(comment) for comment in self._thread]
            return Spoken(*(SEPARATOR.join(getattr(each, name) for each in spoken) for name in Spoken.__slots__))
        comment = self._comments.get(example.suffix)
        return self._of(comment) if comment else Spoken()

    def _of(self, comment: Comment) -> Spoken:
        if comment.author is None:
            return Spoken(speaker(None), moment(comment))
        return Spoken(speaker(comment.author), moment(comment), self._roles.get(comment.author, "participant"))


def moment(comment: Comment) -> str:
    """When a comment was made, and when it came to read as it does if that was later; "" where nobody knows."""
    if comment.created is None:
        return ""
    edited = comment.updated if comment.updated and comment.updated > comment.created else None
    return date(comment.created) + (f"{EDITED}{date(edited)}" if edited else "")


def date(when: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, always of the same length."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


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
