"""Finds where strings stand in a text: a few by searching for each, any number of them in one pass.

Searching for each of ten thousand names in what ten thousand people wrote would take a hundred million looks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from typing import Final

FEW: Final = 64  # that many searches are faster than one pass

_HEAD: Final = 4  # characters by which most places are told to begin none of the strings
_SHORT_HEAD: Final = 2


def head(string: str) -> str:
    """What a text must hold if it holds the string."""
    return string[:_HEAD] if len(string) >= _HEAD else string[:_SHORT_HEAD]


def heads_of(text: str) -> frozenset[str]:
    """Everything in a text that could be the head of a string."""
    sizes = (_HEAD, _SHORT_HEAD, 1)
    return frozenset(text[at : at + size] for size in sizes for at in range(len(text) - size + 1))


def first_places(strings: Collection[str], text: str) -> dict[str, int]:
    """The first place of each string that the text holds."""
    if len(strings) <= FEW:
        return {string: at for string in strings if (at := text.find(string)) >= 0}
    first = {"": 0} if "" in strings else {}
    for at, string in Strings(strings).places(text, range(len(text))):
        first.setdefault(string, at)
        if len(first) == len(strings):
            break
    return first


class Strings:
    """Many strings, each once, in alphabetical order, so that all that begin a text stand just before it."""

    def __init__(self, strings: Iterable[str]):
        self._sorted = sorted({string for string in strings if string})
        self._heads = frozenset(map(head, self._sorted))
        self._longest = max(map(len, self._sorted), default=0)
        self._beginning = _beginnings(self._sorted)

    def places(self, text: str, starts: Iterable[int]) -> Iterator[tuple[int, str]]:
        """Gives every string that stands at one of the starts, with that start, in order of the starts."""
        heads = self._heads
        for at in starts:
            four = text[at : at + _HEAD]
            if four in heads or four[:_SHORT_HEAD] in heads or four[:1] in heads:
                for string in self._at(text, at):
                    yield at, string

    def _at(self, text: str, at: int) -> Iterator[str]:
        """Every string that stands at one place, the longest first: of the last before it in order, a beginning."""
        before = bisect_right(self._sorted, text[at : at + self._longest]) - 1
        string = self._sorted[before] if before >= 0 else ""
        while string and not text.startswith(string, at):
            string = self._beginning[string]
        while string:
            yield string
            string = self._beginning[string]


def _beginnings(ordered: list[str]) -> dict[str, str]:
    """For each of the ordered strings the longest other one that it begins with, "" if there is none."""
    beginnings: dict[str, str] = {}
    around: list[str] = []
    for string in ordered:
        while around and not string.startswith(around[-1]):
            around.pop()
        beginnings[string] = around[-1] if around else ""
        around.append(string)
    return beginnings
