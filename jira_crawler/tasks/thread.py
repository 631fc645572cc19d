"""What people said to one another as one text that can be taken apart again.

A thread begins with `# Title`. Each part stands under a line of its own that says who speaks, `## user_0`; the first
is the report, the others are comments, the oldest first. Someone who is not known is `## user`. Nothing but `user`,
or `user_` and a number, is ever written there, so no name can come in this way. A line of a body that looks like such
a head, or like a mark of the whole thread, is moved in by a space, so `turns` always finds the true parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from jira_crawler.items import Comment, Issue, Person
from jira_crawler.tasks.once import once
from jira_crawler.tasks.prompts import LIMIT, cut, original, source, without_title

START: Final = "<issue_start>"
COMMENT: Final = "<issue_comment>"
CLOSED: Final = "<issue_closed>"

_SPEAKER: Final = re.compile(r"user(?:_\d{1,9})?")
_HEAD: Final = re.compile(rf"^## ({_SPEAKER.pattern})$", re.MULTILINE)
_MARK: Final = re.compile(rf"^(?=(?:## {_SPEAKER.pattern}|{START}|{COMMENT}|{CLOSED})\s*$)", re.MULTILINE)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_LONGEST_TITLE: Final = 1_000  # Jira allows 255
_ROOM: Final = 60  # characters for `[… 12,345 comments left out …]`, or for a head, and the lines around it


@once
def said(issue: Issue) -> tuple[Comment, ...]:
    """The comments that say something, oldest first."""
    return tuple(sorted((comment for comment in issue.comments if comment.body.source.strip()), key=_when))


def conversation(issue: Issue, comments: Sequence[Comment]) -> str:
    """The report as filed and comments on it; in a long one the oldest comments are left out, then parts of others."""
    first = original(issue)
    return _fitted(_Opening(first.title, issue.reporter, source(first.description)), comments)


def discussion(comments: Sequence[Comment]) -> str:
    """Comments without the report."""
    return _fitted(None, comments)


def whole(issue: Issue) -> str:
    """The issue as it is now, with all comments, between marks: `<issue_start>`, `<issue_comment>`, `<issue_closed>`.

    The line after the last mark is the resolution; there is no such mark while the issue is unresolved.
    """
    report = issue.description.source if issue.description else ""
    parts = [f"{START}\n{_Opening(issue.title, issue.reporter, report).text()}"]
    parts += [f"{COMMENT}\n{_part(comment.author, comment.body.source)}" for comment in said(issue)]
    parts += [f"{CLOSED}\n{issue.resolution.strip()}"] if issue.resolution.strip() else []
    return "\n\n".join(parts)


def turns(thread: str) -> list[tuple[str, str]]:
    """Takes a conversation apart: who speaks and what; the title stands first, as ("", "# Title").

    A report without a description has no turn of its own.
    """
    title, *rest = _HEAD.split(thread)
    spoken = [(speaker, text.strip()) for speaker, text in zip(rest[::2], rest[1::2], strict=True)]
    return [("", title.strip()), *spoken] if title.strip() else spoken


class _Opening:
    """Title and report."""

    def __init__(self, title: str, reporter: Person | None, report: str):
        self._title = f"# {title[:_LONGEST_TITLE]}"
        self._reporter = reporter
        self._report = without_title(title, report)
        self.length = len(self._title) + len(self._report) + _ROOM

    def text(self, limit: int | None = None) -> str:
        if not self._report:
            return self._title
        room = None if limit is None else limit - len(self._title) - _ROOM
        return f"{self._title}\n\n{_part(self._reporter, self._report, room)}"


def _fitted(opening: _Opening | None, comments: Sequence[Comment]) -> str:
    """The opening and as many of the newest comments as there is room for; each may fill a half of it."""
    reserved = min(opening.length, LIMIT // 2) if opening else 0
    room = LIMIT - reserved - _ROOM
    parts: list[str] = []
    for comment in reversed(comments):
        part = _part(comment.author, comment.body.source, LIMIT // 2 - _ROOM)
        if len(part) + 2 > room:
            break
        parts.append(part)
        room -= len(part) + 2
    missing = len(comments) - len(parts)
    mark = f"[… {missing:,} comments left out …]" if missing else ""
    return "\n\n".join(filter(None, (opening.text(reserved + room) if opening else "", mark, *reversed(parts))))


def _part(person: Person | None, text: str, limit: int | None = None) -> str:
    text = _bare(text)
    if limit is not None and len(text) > limit:
        text = _unmarked(cut(text, limit))
    return f"## {speaker(person)}\n\n{text}"


@lru_cache(maxsize=64)  # a comment is shown with each later one
def _bare(text: str) -> str:
    return _unmarked(text.strip())


def _unmarked(text: str) -> str:
    return _MARK.sub(" ", text) if "## user" in text or "<issue_" in text else text


def speaker(person: Person | None) -> str:
    """How a thread calls somebody: `user_0`, and `user` who is not known or not numbered."""
    return _speaker(person.name) if person else "user"


@lru_cache(maxsize=64)
def _speaker(name: str) -> str:
    return name if _SPEAKER.fullmatch(name) else "user"


def _when(comment: Comment) -> tuple[datetime, int, str]:
    return comment.created or _LONG_AGO, len(comment.id), comment.id
