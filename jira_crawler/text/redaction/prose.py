"""Tells where in a Markdown text code stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

_FENCE: Final = re.compile(r"^[ \t>]*(`{3,}(?=[^`\n]*$)|~{3,}|\x00)", re.MULTILINE)
_SPAN: Final = re.compile(r"`(?<!``)(`?)(?!`)[^`\n]+`\1(?!`)")  # a letter first, which is searched for fast


class Code:
    """The stretches of a text that are code, fenced or in a line; linear in its length."""

    def __init__(self, text: str):
        spans = _fenced(text)
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


def _fenced(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    if "```" not in text and "~~~" not in text:
        return spans
    opening = ""
    start = 0
    for match in _FENCE.finditer(text):
        mark = match[1]
        if mark == "\0":  # another text begins, see `redact.together`
            if opening:
                spans.append((start, match.start()))
            opening = ""
        elif not opening:
            opening, start = mark, match.start()
        elif mark[0] == opening[0] and len(mark) >= len(opening):
            spans.append((start, match.end()))
            opening = ""
    return [*spans, (start, len(text))] if opening else spans
