"""Scores what an issue is worth to someone who learns from it, from the issue alone, and says why.

The weights are judgement, checked by reading: what the reporter said first, then what others said to it.
"""

from __future__ import annotations

import re
from math import log
from typing import Final, NamedTuple

from jira_crawler.items import Issue
from jira_crawler.text.bots import is_bot
from jira_crawler.text.fences import blocks
from jira_crawler.text.language import SIGN
from jira_crawler.text.logs import is_log, is_log_line

LENGTH: Final = 0.30
STRUCTURE: Final = 0.10
CODE: Final = 0.12
DISCUSSION: Final = 0.23
RESOLUTION: Final = 0.15
LANGUAGE: Final = 0.10
BOILERPLATE: Final = 0.6  # what a report that is log and no word loses of the sum

POOR_WORDS: Final = 8  # different ones: a title and nothing else
RICH_WORDS: Final = 120
RICH_MARKS: Final = 5
RICH_COMMENTS: Final = 4
FULL_COMMENT: Final = 15  # words
READ: Final = 10_000  # characters of a description; what comes after adds nothing
_READ_COMMENT: Final = 400
_SAMPLE: Final = 40  # lines of code that say whether it is a log

_MARK = re.compile(r"#{1,6} |\s*[-*+] |\s*\d{1,3}[.)] |\||> ")
_INLINE_CODE = re.compile(r"`[^`\n]+`")


class Quality(NamedTuple):
    """A score in [0, 1] to three digits, and its parts by name, each in [0, 1].

    The parts add by weight, but for `boilerplate`, the share of the report that is log: it takes away, the more the
    fewer words there are.
    """

    score: float
    reasons: tuple[tuple[str, float], ...]


class _Report(NamedTuple):
    """What a description is made of: prose lines, characters of log and of all, and 1 for code, less for logs."""

    prose: list[str]
    log: int
    all: int
    code: float


def quality(issue: Issue, language: str = "") -> Quality:
    """Weighs a tidy Markdown issue; `language` is that of its prose, "" if there is too little to tell."""
    report = _read(issue.description.source[:READ] if issue.description else "")
    length = _length(issue.title, report)
    parts = {
        "length": (LENGTH, length),
        "structure": (STRUCTURE, _structure(report)),
        "code": (CODE, report.code),
        "discussion": (DISCUSSION, _discussion(issue)),
        "resolution": (RESOLUTION, _resolution(issue)),
        "language": (LANGUAGE, 1.0 if language else 0.0),
    }
    boilerplate = report.log / report.all
    score = sum(weight * value for weight, value in parts.values()) * (1 - BOILERPLATE * boilerplate * (1 - length))
    values = {name: value for name, (_, value) in parts.items()} | {"boilerplate": boilerplate}
    return Quality(round(min(score, 1.0), 3), tuple((name, round(value, 3)) for name, value in values.items()))


def _read(text: str) -> _Report:
    prose: list[str] = []
    logged, code = 0, 0.5 if _INLINE_CODE.search(text) else 0.0
    for fenced, lines in blocks(text):
        if not fenced:
            said = [line for line in lines if not is_log_line(line)]
            logged += _size(lines) - _size(said)
            prose += said
        elif is_log(lines[1:_SAMPLE], lines[0].strip(" \t>`~").lower()):
            logged += _size(lines)
            code = max(code, 0.7)
        elif any(line.strip() for line in lines[1:-1]):
            code = 1.0
    return _Report(prose, logged, len(text) + 1, code)


def _size(lines: list[str]) -> int:
    """Characters, with the line ends."""
    return sum(map(len, lines)) + len(lines)


def _length(title: str, report: _Report) -> float:
    """0 for a bare title, 1 from a full page on, by the logarithm of the different words between."""
    text = "\n".join([title, *report.prose]).casefold()
    different = len([word for word in set(text.split()) if word[0].isalpha()])
    if not text.isascii():
        different += len(set(SIGN.findall(text))) // 2
    return min(max(log(max(different, 1) / POOR_WORDS) / log(RICH_WORDS / POOR_WORDS), 0.0), 1.0)


def _structure(report: _Report) -> float:
    """Headings, list items, table rows, quotes and paragraphs, up to a few."""
    marks = sum(1 for line in report.prose[1:] if not line) + sum(map(bool, map(_MARK.match, report.prose)))
    return min(marks / RICH_MARKS, 1.0)


def _discussion(issue: Issue) -> float:
    """Comments of people; a short one is a part of one."""
    said = 0.0
    for comment in issue.comments:
        if comment.body.source and not is_bot(comment.author):
            text = comment.body.source[:_READ_COMMENT]
            words = len(text.split()) + (0 if text.isascii() else len(SIGN.findall(text)) // 2)
            said += min(words / FULL_COMMENT, 1.0)
            if said >= RICH_COMMENTS:
                break
    return min(said / RICH_COMMENTS, 1.0)


def _resolution(issue: Issue) -> float:
    """1 for an issue that came to an end with a reason, half for an end without."""
    if issue.resolution:
        return 1.0
    return 0.5 if issue.resolved else 0.0
