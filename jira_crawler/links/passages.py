"""The words of a text that count: without what a template left, what is quoted from somebody else, and code."""

from __future__ import annotations

import re
from typing import Final

from jira_crawler.text.fences import fenced, prose

_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_QUOTED: Final = re.compile(r"<(blockquote|pre|code)\b[^>]{0,300}>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
# What programs that bump dependencies quote, and people paste: notes of other projects, folded away.
_NOTES: Final = re.compile(
    r"<details\b[^>]{0,300}>\s*(?:<summary>)?\s*(?:release notes|changelog|commits|vulnerabilit"
    r"|dependabot|sourced from).*?"
    r"(?:</details>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_SPAN: Final = re.compile(r"(`{1,3})(?!`)[^`\n]{1,500}\1(?!`)")
_QUOTE_LINE: Final = re.compile(r"^[ \t]{0,3}>.*$", re.MULTILINE)
_INDENTED: Final = re.compile(r"(?:^|\n)[ \t]*\n(?:(?: {4}|\t)(?![ \t]*(?:[-*+]|\d+[.)]) ).*(?:\n|$))+")
_EXCERPT: Final = 80  # characters on either side of what is quoted


def words_of(text: str, *, code: bool = False) -> str:
    """Gives the prose of a Markdown text, in its order; with `code` also what stands in code."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<" in text:
        text = _COMMENT.sub(" ", text)
        text = _NOTES.sub(" ", text)
        if not code:
            text = _QUOTED.sub(" ", text)
    if not code:
        text = prose(text) if fenced(text) else text
        text = _INDENTED.sub("\n\n", text)
        text = _SPAN.sub(" ", text) if "`" in text else text
    return _QUOTE_LINE.sub("", text) if ">" in text else text


def excerpt(text: str, start: int, end: int) -> str:
    """Quotes a place of a text in one line, with a few words around it."""
    begin, stop = max(0, start - _EXCERPT), min(len(text), end + _EXCERPT)
    said = " ".join(text[begin:stop].split())
    return f"{'…' if begin else ''}{said}{'…' if stop < len(text) else ''}"
