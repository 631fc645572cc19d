"""What a model is shown of an issue: the report as it reads, and the thread of what people said, within a limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jira_crawler.items import Comment, Issue
from jira_crawler.tasks.words import words
from jira_crawler.text.bots import is_bot

LIMIT: Final = 24_000  # characters of input; about 6,000 tokens


def description(issue: Issue) -> str:
    """The description without a first line that repeats the title."""
    text = issue.description.source.strip() if issue.description else ""
    first, _, rest = text.partition("\n")
    return rest.strip() if words(first) == words(issue.title) else text


def report(issue: Issue) -> str:
    """Title and description: `# Title`, an empty line, the text."""
    return cut(_whole_report(issue))


def thread(issue: Issue) -> tuple[Comment, ...]:
    """What people said, oldest first, without programs and empty comments."""
    said = [comment for comment in issue.comments if comment.body.source.strip() and not is_bot(comment.author)]
    return tuple(sorted(said, key=_when))


def discussion(comments: Sequence[Comment]) -> str:
    """Each comment under `## Comment 1`, `## Comment 2`, …"""
    return "\n\n".join(f"## Comment {n}\n\n{c.body.source.strip()}" for n, c in enumerate(comments, 1))


def conversation(issue: Issue, comments: Sequence[Comment]) -> str:
    """The report and what was said after it; in a long one the middle is left out."""
    return cut("\n\n".join(filter(None, (_whole_report(issue), discussion(comments)))))


def cut(text: str, limit: int = LIMIT) -> str:
    """The text, or its beginning and end around a visible mark, in at most `limit` characters and whole words."""
    if len(text) <= limit:
        return text
    half = (limit - 60) // 2
    head = text[: half + 1]
    tail = text[-half - 1 :]
    head = head[: _last_space(head)].rstrip()
    tail = tail[_first_space(tail) :].lstrip()
    left_out = len(text) - len(head) - len(tail)
    return f"{head}\n\n[… {left_out:,} characters left out …]\n\n{tail}"


def _whole_report(issue: Issue) -> str:
    text = description(issue)
    return f"# {issue.title}\n\n{text}" if text else f"# {issue.title}"


def _last_space(text: str) -> int:
    return next((at for at in range(len(text) - 1, -1, -1) if text[at].isspace()), 0)


def _first_space(text: str) -> int:
    return next((at for at, character in enumerate(text) if character.isspace()), len(text))


def _when(comment: Comment) -> tuple[str, int, str]:
    created = comment.created.isoformat() if comment.created else ""
    return created, len(comment.id), comment.id
