"""Tells fenced code from prose in a Markdown text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

FENCE: Final = re.compile(r"[ \t>]*(`{3,}(?=[^`]*$)|~{3,})")


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
            if closes(line, fence):
                yield True, lines[begin : at + 1]
                fence, begin = "", at + 1
        elif opening := FENCE.match(line):
            if at > begin:
                yield False, lines[begin:at]
            fence, begin = opening[1], at
    if begin < len(lines):
        yield bool(fence), lines[begin:]


def prose(text: str) -> str:
    """The text without its fenced code."""
    return "\n".join("\n".join(lines) for code, lines in blocks(text) if not code) if fenced(text) else text
