"""What a rule is, and how one linear pass tells which rules a text needs and which of its lines they have to read.

Hints are patterns of RE2 over the text in lower case. A hundred substring searches, or one alternation of `re`, would
cost more than all the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import re2  # type: ignore[import-untyped]

_MEMORY = 64 << 20  # bytes


class Rule(NamedTuple):
    """Finds one kind of secret: `hints` are what its finds always hold, `redact` marks and counts them in a text."""

    id: str
    hints: Sequence[str]
    redact: Callable[[str, Counter[str]], str]


class Hints:
    """Groups of hints; a group is told by its number."""

    def __init__(self, groups: Sequence[Sequence[str]]):
        """Makes one automaton of all groups; such as count letters multiply each other's states and are best alone."""
        options = re2.Options()
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        self._group = [number for number, hints in enumerate(groups) for _ in hints]
        self._all = set(self._group)
        for hints in groups:
            for hint in hints:
                self._set.Add(hint)
        # Found always, and only at the end, as each find takes time: who finds not even this has run out of memory.
        self._set.Add(r"\z")
        self._set.Compile()

    def groups_in(self, lower: bytes) -> set[int]:
        """The groups of which a hint is in the text, which is in UTF-8; linear in its length."""
        found = self._set.Match(lower)
        return {self._group[hint] for hint in found if hint < len(self._group)} if found else self._all


class Near:
    """Finds in one linear pass the lines, or the words, that hold a hint, and leaves the rest unread.

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
