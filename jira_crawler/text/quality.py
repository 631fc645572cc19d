"""Scores what an issue is worth to someone who learns from it, from the issue alone.

Five parts in [0, 1], weighted. The weights are judgement, not measurement: text first, then talk.
"""

from __future__ import annotations

import re
from math import log

from jira_crawler.items import Issue
from jira_crawler.text.bots import is_bot

LENGTH = 0.35
STRUCTURE = 0.15
CODE = 0.15
DISCUSSION = 0.20
RESOLUTION = 0.15

POOR_CHARACTERS = 40  # a title and nothing else
RICH_CHARACTERS = 2_000
RICH_COMMENTS = 4

_MARKS = re.compile(r"^(?:#{1,6} |[-*+] |\d{1,3}[.)] |\||> )", re.MULTILINE)
_RICH_MARKS = 4
_INLINE_CODE = re.compile(r"`[^`\n]+`")


def quality(issue: Issue) -> float:
    """The weighted sum in [0, 1], to three digits."""
    text = issue.description.source if issue.description else ""
    score = (
        LENGTH * _length(issue.title, text)
        + STRUCTURE * _structure(text)
        + CODE * _code(text)
        + DISCUSSION * _discussion(issue)
        + RESOLUTION * _resolution(issue)
    )
    return round(min(score, 1.0), 3)


def _length(title: str, text: str) -> float:
    """0 up to a bare title, 1 from a full page on, by the logarithm of the characters between."""
    size = max(len(title) + len(text), 1)
    return min(max(log(size / POOR_CHARACTERS) / log(RICH_CHARACTERS / POOR_CHARACTERS), 0.0), 1.0)


def _structure(text: str) -> float:
    """Headings, list items, table rows, quotes and paragraphs, up to a few."""
    return min((len(_MARKS.findall(text)) + text.count("\n\n")) / _RICH_MARKS, 1.0)


def _code(text: str) -> float:
    if "```" in text or "~~~" in text:
        return 1.0
    return 0.5 if _INLINE_CODE.search(text) else 0.0


def _discussion(issue: Issue) -> float:
    said = sum(1 for comment in issue.comments if comment.body.source and not is_bot(comment.author))
    return min(said / RICH_COMMENTS, 1.0)


def _resolution(issue: Issue) -> float:
    """1 for an issue that came to an end with a reason, half for an end without."""
    if issue.resolution:
        return 1.0
    return 0.5 if issue.resolved else 0.0
