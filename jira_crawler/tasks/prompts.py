"""What a model is shown of an issue: the report as it was filed, within a limit."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from jira_crawler.items import Body, Issue, Original
from jira_crawler.text.fences import open_fence
from jira_crawler.text.words import words

LIMIT: Final = 24_000  # characters of input; about 6,000 tokens
REPORT_WORDS: Final = 2  # fewer ask nothing

_LEFT_OUT: Final = re.compile(r"\[… (\d{1,3}(?:,\d{3}){0,4}) characters left out …\]")


def original(issue: Issue) -> Original:
    """The issue as it was filed; as it is now, where nothing is known of that."""
    return issue.original or Original(title=issue.title, description=issue.description)


def report(issue: Issue) -> str:
    """Title and description as filed: `# Title`, an empty line, the text."""
    first = original(issue)
    return _report(first.title, source(first.description))


def description(issue: Issue) -> str:
    """The description as filed, without a first line that repeats the title."""
    first = original(issue)
    return without_title(first.title, first.description.source if first.description else "")


@lru_cache(maxsize=4)
def without_title(title: str, text: str) -> str:
    """The text, stripped, without a first line that repeats the title."""
    text = text.strip()
    first, _, rest = text.partition("\n")
    if len(first) > 4 * len(title) + 100:
        return text
    return rest.strip() if words(first) == words(title) else text


@lru_cache(maxsize=32)
def cut(text: str, limit: int = LIMIT) -> str:
    """The text, or its beginning and end around a visible mark, in whole words; code blocks are closed and reopened.

    At most `limit` characters, of which there must be 120 at least. What was cut before is counted again.
    """
    if len(text) <= limit:
        return text
    half = (limit - 100) // 2
    head, tail = text[: half + 1], text[-half - 1 :]
    head = head[: _last_space(head)].rstrip()
    tail = tail[_first_space(tail) :].lstrip()
    middle = text[len(head) : len(text) - len(tail)]
    closing = open_fence(head)
    opening = open_fence(text[: len(text) - len(tail)]) if tail else ""
    mark = f"[… {_length(middle):,} characters left out …]"
    return "\n\n".join((f"{head}\n{closing}" if closing else head, mark, f"{opening}\n{tail}" if opening else tail))


def _length(middle: str) -> int:
    return len(middle) + sum(int(found[1].replace(",", "")) - len(found[0]) for found in _LEFT_OUT.finditer(middle))


@lru_cache(maxsize=4)  # most families show the same report
def _report(title: str, source: str) -> str:
    text = without_title(title, source)
    return cut(f"# {title}\n\n{text}" if text else f"# {title}")


def source(body: Body | None) -> str:
    """The text of a body, within the limit."""
    return cut(body.source) if body else ""


def _last_space(text: str) -> int:
    return next((at for at in range(len(text) - 1, -1, -1) if text[at].isspace()), 0)


def _first_space(text: str) -> int:
    return next((at for at, character in enumerate(text) if character.isspace()), len(text))
