"""Changes only the stretches of a text that hold certain hints, and leaves the rest unread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import re2  # type: ignore[import-untyped]


class Near:
    """Finds in one linear pass the lines, or the words, that hold a hint; hints are patterns of RE2.

    Every run of lines with hints comes with `after` lines behind it. Words end at blanks.
    """

    def __init__(self, hints: Sequence[str], after: int = 0, *, words: bool = False):
        hint = "|".join(hints)
        lines = rf"(?:[^\n]*(?:{hint})[^\n]*(?:\n|\z))+" + rf"(?:[^\n]*(?:\n|\z)){{0,{after}}}" * bool(after)
        options = re2.Options()
        options.case_sensitive = False
        self._pattern = re2.compile((rf"\S*(?:{hint})\S*" if words else lines).encode(), options)

    def change(self, text: str, change: Callable[[str], str]) -> str:
        """Hands each stretch to `change`, the text in order of the stretches; none overlap."""
        parts: list[str] = []
        done = 0
        try:
            data = text.encode()
        except UnicodeEncodeError:  # half a character
            return change(text)
        for start, end in self._stretches(data):
            parts += [data[done:start].decode(), change(data[start:end].decode())]
            done = end
        return "".join(parts) + data[done:].decode() if parts else text

    def _stretches(self, data: bytes) -> Iterator[tuple[int, int]]:
        for match in self._pattern.finditer(data):
            yield match.span()
