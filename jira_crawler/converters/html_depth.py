"""Makes nesting shallow: below some hundred levels a parser cuts without a word."""

from __future__ import annotations

import re

DEEPEST = 60
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
# One of these ends when the next one begins, so that leaving it open nests nothing.
_SELF_ENDING = frozenset(["p", "li", "td", "th", "tr", "dt", "dd", "option"])
_INLINE = frozenset(
    [
        "a",
        "b",
        "big",
        "cite",
        "code",
        "del",
        "em",
        "font",
        "i",
        "ins",
        "s",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
    ]
)


def shallow(html: str) -> str:
    """Drop the tags of elements nested deeper than any reader follows, and keep what they hold."""
    return _TAG.sub(_Nesting().keep, html)


class _Nesting:
    def __init__(self) -> None:
        self._open: list[str] = []
        self._counts: dict[str, int] = {}

    def keep(self, found: re.Match[str]) -> str:
        """Return the tag, or what stands for it when it lies too deep."""
        name = found[2].lower()
        if name in _VOID or found[0].endswith("/>"):
            return found[0]
        if not found[1]:
            if name in _SELF_ENDING and self._open and self._open[-1] == name:
                self._end(name)
            self._open.append(name)
            self._counts[name] = self._counts.get(name, 0) + 1
            deep = len(self._open) > DEEPEST
        else:
            if not self._counts.get(name):
                return found[0]
            self._end(name)
            deep = len(self._open) >= DEEPEST
        return found[0] if not deep else "" if name in _INLINE else "<br>"

    def _end(self, name: str) -> None:
        """Close down to the innermost element of that name."""
        closed = ""
        while closed != name:
            closed = self._open.pop()
            self._counts[closed] -= 1
