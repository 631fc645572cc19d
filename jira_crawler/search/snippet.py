"""A piece of a text in which what was looked for stands, marked; it is safe to be shown as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Final
from unicodedata import normalize

from jira_crawler.search.tokens import LONGEST

WIDTH: Final = 240  # characters of a snippet
_FAR: Final = 200_000  # characters of an issue that are looked through
_BEFORE: Final = 40  # characters in front of the first mark
_UNSPACED: Final = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_GAP: Final = re.compile(r"\s+")
Span = tuple[int, int]


def snippet(texts: Sequence[str], wanted: Sequence[tuple[str, ...]]) -> str:
    """Gives the piece in which the most of what is wanted stands; the beginning where nothing does.

    `wanted` are words as `search.tokens` has them, or several that stand one after the other.
    """
    best, left = (0, "", list[Span]()), _FAR
    for text in texts:
        text = text[:left]
        found = spans(text, wanted)
        if found and (here := _densest(found))[0] > best[0]:
            best = here[0], text, here[1]
        left -= len(text)
        if left <= 0 or best[0] == len(set(wanted)):
            break
    if not best[1]:
        first = next((text for text in texts if text.strip()), "")
        return _piece(first, 0, [])
    begin = max(0, min(best[2][0][0] - _BEFORE, len(best[1]) - WIDTH))
    return _piece(best[1], begin, best[2])


def marked(text: str, wanted: Sequence[tuple[str, ...]]) -> str:
    """Gives a whole text with what is wanted marked, as HTML."""
    return _marked(text, [span for _, *span in spans(text, wanted)], 0, len(text))


def spans(text: str, wanted: Sequence[tuple[str, ...]]) -> list[tuple[int, int, int]]:
    """Finds where what is wanted stands: which of it, where it begins and where it ends."""
    if text.isascii():
        return sorted(_spans_of_ascii(text.lower(), wanted), key=lambda found: found[1:])
    starts = {words[0] for words in wanted if words}
    each = list(_WORD.finditer(text))
    found: list[tuple[int, int, int]] = []
    for at, match in enumerate(each):
        if (word := _plain(match[0])) not in starts:
            continue
        for which, words in enumerate(wanted):
            if words[0] != word:
                continue
            behind = each[at : at + len(words)]
            if len(words) == 1 or [_plain(one[0]) for one in behind] == list(words):
                found.append((which, match.start(), behind[-1].end()))
    return found


def _spans_of_ascii(text: str, wanted: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, int, int]]:
    """The same in a text of which each word can be searched for as it stands, twenty times as fast."""
    for which, words in enumerate(wanted):
        first = words[0]
        at = text.find(first)
        while at >= 0:
            end = at + len(first)
            is_whole = len(first) == LONGEST or not text[end : end + 1].isalnum()
            if is_whole and not (at and text[at - 1].isalnum()):
                if len(words) == 1:
                    yield which, at, end
                elif behind := _behind(words).match(text, end):
                    yield which, at, behind.end()
            at = text.find(first, at + 1)


@lru_cache(maxsize=256)
def _behind(words: tuple[str, ...]) -> re.Pattern[str]:
    """What stands behind the first of some words in a text where all of them do."""
    return re.compile("".join(rf"[^a-z0-9]+{re.escape(word)}" for word in words[1:]) + "(?![a-z0-9])")


def _plain(word: str) -> str:
    return (word if word.isascii() else normalize("NFKC", word)).casefold()[:LONGEST]


def _densest(found: Sequence[tuple[int, int, int]]) -> tuple[int, list[Span]]:
    """Finds the first stretch of a snippet's width in which the most different things stand."""
    best: tuple[int, list[Span]] = (0, [])
    for at, (_, begin, _) in enumerate(found):
        inside = [each for each in found[at:] if each[2] <= begin + WIDTH - _BEFORE] or [found[at]]
        different = len({which for which, _, _ in inside})
        if different > best[0]:
            best = different, [(start, end) for _, start, end in inside]
        if at > 200:  # who says a word so often says it in any piece
            break
    return best


def _piece(text: str, begin: int, inside: Sequence[Span]) -> str:
    if begin and (space := text.find(" ", begin, inside[0][0] if inside else begin + _BEFORE)) > 0:
        begin = space + 1
    end = min(len(text), begin + WIDTH)
    if end < len(text) and (space := text.rfind(" ", begin, end)) > begin:
        end = max(space, inside[0][1] if inside else space)
    body = _marked(text, inside, begin, end)
    return f"{'… ' if begin else ''}{body.strip()}{' …' if end < len(text) else ''}"


def _marked(text: str, inside: Sequence[Sequence[int]], begin: int, end: int) -> str:
    parts, at = [], begin
    for start, stop in sorted((first, last) for first, last in inside):
        if start >= at and stop <= end:
            parts += [_safe(text[at:start]), "<mark>", _safe(text[start:stop]), "</mark>"]
            at = stop
    return "".join([*parts, _safe(text[at:end])])


def _safe(text: str) -> str:
    """Text as HTML, on one line, without what a terminal would obey."""
    if not text.isprintable() or "  " in text:
        text = _GAP.sub(" ", text)
        if not text.isprintable():
            text = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return escape(text)
