"""Tells code from prose in a Markdown text: the one reader of fences, and of code spans."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

FENCE: Final = re.compile(r"[ \t>]*(`{3,}(?=[^`]*$)|~{3,})")
BETWEEN_TEXTS: Final = "\n\0\n"  # several texts read as one: no code runs from one into the next
_SPAN: Final = re.compile(r"`(?<!``)(`?)(?!`)[^`\n]+`\1(?!`)")  # a letter first, which is searched for fast


def closes(line: str, fence: str) -> bool:
    """True if `line` ends the code that `fence`, a run of backticks or tildes, began."""
    mark = line.strip(" \t>")
    return len(mark) >= len(fence) and not mark.strip(fence[0])


def fenced(text: str) -> bool:
    """A quick look: False only where there is no fence."""
    return "```" in text or "~~~" in text


def blocks(text: str) -> Iterator[tuple[bool, list[str]]]:
    """The lines in turns of prose (False) and code (True, with its fences); one that never closes runs to the end."""
    lines = text.split("\n")
    if not fenced(text):
        yield False, lines
        return
    fence, begin = "", 0
    for at, line in enumerate(lines):
        if fence:
            if fence in line and closes(line, fence):
                yield True, lines[begin : at + 1]
                fence, begin = "", at + 1
        elif fenced(line) and (opening := FENCE.match(line)):
            if at > begin:
                yield False, lines[begin:at]
            fence, begin = opening[1], at
    if begin < len(lines):
        yield bool(fence), lines[begin:]


def prose(text: str) -> str:
    """The text without its fenced code."""
    return "\n".join("\n".join(lines) for code, lines in blocks(text) if not code) if fenced(text) else text


def open_fence(text: str) -> str:
    """The fence of the code block that `text` ends in, at most 16 characters of it; "" if it ends outside of code."""
    *_, (code, lines) = blocks(text)
    opening = FENCE.match(lines[0]) if code else None
    return opening[1][:16] if opening and not (len(lines) > 1 and closes(lines[-1], opening[1])) else ""


class Code:
    """The stretches of a text that are code, fenced or in a line; linear in its length."""

    def __init__(self, text: str):
        spans = list(_fenced_spans(text)) if fenced(text) else []
        inside = 0
        for match in _SPAN.finditer(text) if "`" in text else ():
            while inside < len(spans) and spans[inside][1] <= match.start():
                inside += 1
            if inside == len(spans) or match.start() < spans[inside][0]:
                spans.append(match.span())
        spans = sorted(spans)
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def __contains__(self, at: int) -> bool:
        span = bisect_right(self._starts, at) - 1
        return span >= 0 and at < self._ends[span]


def _fenced_spans(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for part in text.split(BETWEEN_TEXTS):
        begin = at
        for code, lines in blocks(part):
            end = begin + sum(map(len, lines)) + len(lines) - 1
            if code:
                yield begin, end
            begin = end + 1
        at += len(part) + len(BETWEEN_TEXTS)
