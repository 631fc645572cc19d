"""Tells in one pass which of many hints a text holds: what a rule needs before it can find anything.

Hints are patterns of RE2 over the text in lower case. A hundred substring searches, or one alternation of `re`, would
cost more than all the rules.
"""

from __future__ import annotations

from collections.abc import Sequence

import re2  # type: ignore[import-untyped]

_MEMORY = 64 << 20  # bytes


class Hints:
    """Groups of hints; a group is told by its number."""

    def __init__(self, groups: Sequence[Sequence[str]]):
        options = re2.Options()
        options.max_mem = _MEMORY
        self._set = re2.Set.SearchSet(options)
        self._group = [number for number, hints in enumerate(groups) for _ in hints]
        self._all = set(self._group)
        for hints in groups:
            for hint in hints:
                self._set.Add(hint)
        self._set.Add("")  # found always: who finds not even this has run out of memory
        self._set.Compile()

    def groups_in(self, lower: str) -> set[int]:
        """The groups of which a hint is in the text; linear in its length."""
        found = self._set.Match(lower.encode("utf-8", "replace"))
        return {self._group[hint] for hint in found if hint < len(self._group)} if found else self._all
