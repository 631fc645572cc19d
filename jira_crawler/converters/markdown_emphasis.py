"""Resolves emphasis when a paragraph is whole: only then is it known which marks will be read as such."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from jira_crawler.converters.markdown_escape import LINE, STAR

STRONG, EM, STRIKE = 1, 2, 4
# Non-characters, which `readable` keeps out of every text.
ON = {STRONG: "\ufdd2", EM: "\ufdd3", STRIKE: "\ufdd4"}
OFF = {STRONG: "\ufdd5", EM: "\ufdd6", STRIKE: "\ufdd7"}
MARKS = re.compile("[\ufdd2-\ufdd7]")

_TURNS = {**{mark: (bit, bit) for bit, mark in ON.items()}, **{mark: (bit, 0) for bit, mark in OFF.items()}}
_UNRESOLVED = re.compile("[\ufdd2-\ufdd9]")
# Patterns begin with a character or a set, looking behind only then: the engine skips the text in between.
# Underscores at the edges of a name, `_` and digits and letters; not those around several words.
_OF_NAMES = re.compile(f"{LINE}(?<!{LINE}{LINE}){LINE}*+[^\\W_][\\w{LINE}]*|[^\\W_]{LINE}[\\w{LINE}]*")
_OF_NAME = "\ufdda"
_PIECES = re.compile("([\ufdd2-\ufdd7\n](?:(?<!\n)|\n))")
_OPENS = {
    STAR: re.compile(f"{STAR}(?<!{STAR}{STAR}){STAR}*+(?=\\S)"),
    LINE: re.compile(f"{LINE}(?<![\\w{LINE}]{LINE}){LINE}*+(?=\\S)"),
}
_CLOSES = {
    STAR: re.compile(f"{STAR}(?<=[^\\s{STAR}]{STAR})"),
    LINE: re.compile(f"{LINE}(?<=[^\\s{LINE}]{LINE}){LINE}*+(?!\\w)"),
}


class _Run(NamedTuple):
    """Words of one style, and the blanks before them."""

    gap: str
    words: str
    style: int


def resolve_marks(text: str) -> str:
    """Return a paragraph with its marks written so that they are read as such, or left out where they cannot be.

    Its lines come without blanks at their ends.
    """
    if text.isascii() or not _UNRESOLVED.search(text):
        return text
    if LINE in text:  # `__init__` is read as it stands, and an escape would be one more thing to learn
        text = _OF_NAMES.sub(lambda found: found[0].replace(LINE, _OF_NAME), text)
    if MARKS.search(text):
        text = _written(_runs(text))
    text = text.replace(_OF_NAME, "_")
    for mark, character in ((STAR, "*"), (LINE, "_")):
        if mark in text:
            text = text.replace(mark, "\\" + character if _is_read(text, mark, character) else character)
    return text


def _is_read(text: str, mark: str, character: str) -> bool:
    """Say whether stars of the text could pair up, with each other or with ours."""
    opening = _OPENS[mark].search(text)
    return character in text or bool(opening and _CLOSES[mark].search(text, opening.end()))


def _runs(text: str) -> list[_Run]:
    runs: list[_Run] = []
    style, gap = 0, ""
    for piece in filter(None, _PIECES.split(text)):
        if piece in _TURNS:
            bit, now = _TURNS[piece]
            style = style & ~bit | now
            continue
        words = piece.strip()
        if words:
            start = piece.index(words)
            runs.append(_Run(_narrow(gap + piece[:start]), words, style))
            gap = piece[start + len(words) :]
        else:
            gap += piece
    runs.append(_Run(_narrow(gap), "", 0))
    return runs


def _narrow(gap: str) -> str:
    return "\n" * min(gap.count("\n"), 2) if "\n" in gap else gap[:1]


def _written(runs: list[_Run]) -> str:
    starts, ends = _marks(runs)
    out: list[str] = []
    open_now: list[tuple[int, str]] = []
    for at, run in enumerate(runs):
        again = _closed(open_now, ends[at], out) if at in ends else []
        out.append(run.gap)
        for begun in [*again, *sorted(starts.get(at, ()), reverse=True)]:
            open_now.append((begun[1], begun[2]))
            out.append(begun[2])
        out.append(run.words)
    return "".join(out)


def _closed(open_now: list[tuple[int, str]], ending: int, out: list[str]) -> list[tuple[int, int, str]]:
    """Close the styles that end, and those inside them for a moment: they are returned, to be opened again."""
    again: list[tuple[int, int, str]] = []
    while any(style & ending for style, _ in open_now):
        style, mark = open_now.pop()
        out.append(mark)
        if not style & ending:
            again.insert(0, (0, style, mark))
    return again


def _marks(runs: list[_Run]) -> tuple[dict[int, list[tuple[int, int, str]]], dict[int, int]]:
    """Find where each style starts, with (end, style, mark), and which styles end before which run."""
    starts: dict[int, list[tuple[int, int, str]]] = {}
    ends: dict[int, int] = {}
    used, named = 0, any(_OF_NAME in run.words for run in runs)
    for run in runs:
        used |= run.style
    for style in (STRONG, EM, STRIKE):
        if not used & style:
            continue
        first = -1
        for at, run in enumerate(runs):
            if first >= 0 and (not run.style & style or "\n\n" in run.gap):
                mark = _mark(runs, first, at, style, named)
                if mark:
                    starts.setdefault(first, []).append((at, style, mark))
                    ends[at] = ends.get(at, 0) | style
                first = -1
            if first < 0 and run.style & style:
                first = at
    return starts, ends


def _mark(runs: list[_Run], first: int, end: int, style: int, named: bool) -> str:
    """Choose the mark for a style from one run to before another; none if it would not be read as one.

    Where names have underscores, stars are.
    """
    begun, last, after = runs[first], runs[end - 1], runs[end]
    before = runs[first - 1] if first else _Run("", "", 0)
    glued_before = not begun.gap and before.words[-1:].isalnum() and not before.style & ~begun.style
    glued_after = not after.gap and after.words[:1].isalnum() and not after.style & ~last.style
    for glued, edge, others in (
        (glued_before, begun.words[0], begun.style & ~before.style),
        (glued_after, last.words[-1], last.style & ~after.style),
    ):
        if glued and (_is_punctuation(edge) or (others & STRIKE and others != STRIKE)):
            return ""
    if style == EM:
        return "*" if named or glued_before or glued_after else "_"
    return "**" if style == STRONG else "~~"


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS" or character in (STAR, LINE, _OF_NAME)
