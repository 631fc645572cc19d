"""Markdown is the target already: only its characters need care, and what no reader of it ever sees goes."""

from __future__ import annotations

import re

from jira_crawler.converters.characters import readable

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_BEGIN, _END = "<!--", "-->"


def convert(source: str | bytes) -> str:
    """Return the source with plain line ends, without control characters and without comments of HTML.

    Templates of pull requests are made of comments, which are not shown. What stands in code is left alone.
    """
    text = readable(source)
    return (_shown(text) if _BEGIN in text else text).strip("\n")


def _shown(text: str) -> str:
    """Leaves out comments; one that does not end hides everything behind it, as it does for a reader."""
    kept: list[str] = []
    fence, hidden = "", False
    for line in text.splitlines(keepends=True):
        if not hidden and (found := _FENCE.match(line)):
            mark = found[1]
            if not fence:
                fence = mark
            elif mark[0] == fence[0] and len(mark) >= len(fence) and not line.strip().strip(mark[0]):
                fence = ""
            kept.append(line)
            continue
        if fence:
            kept.append(line)
            continue
        shown, hidden = _without(line, hidden)
        if shown.strip() or not line.strip():
            kept.append(shown)
    return "".join(kept)


def _without(line: str, hidden: bool) -> tuple[str, bool]:
    """Gives what is shown of a line, and whether a comment goes on behind it."""
    parts: list[str] = []
    at = 0
    while at < len(line):
        if hidden:
            end = line.find(_END, at)
            if end < 0:
                return "".join(parts), True
            at, hidden = end + len(_END), False
            continue
        begin = line.find(_BEGIN, at)
        if begin < 0 or line.count("`", 0, begin) % 2:  # in a span of code
            parts.append(line[at:])
            break
        parts.append(line[at:begin])
        at, hidden = begin + len(_BEGIN), True
    return "".join(parts), hidden
