"""Escapes plain text where Markdown would read something else into it, and nowhere else.

But for `<`: `List<String>` is read by models and people as it stands, and an escape would be one more thing to learn.
"""

from __future__ import annotations

import re

# They stand for a star and an underscore of the text until the whole paragraph is known: see `markdown_emphasis`.
STAR, LINE = "\ufdd8", "\ufdd9"

# A set comes first because the engine can then skip the text in between.
_READ_WRONGLY = re.compile(
    r"[*_&\\~\]](?:(?P<star>(?<=\*)(?:(?!\s)|(?<!\s\*)))"
    r"|(?P<line>(?<=_)(?:(?<![^\W_]_)|(?![^\W_])))"
    r"|(?<=&)(?=#?\w{1,32};)|(?<=\\)(?=[!-/:-@\[-`{-~\n]|\Z)"
    r"|(?<=~)(?:(?=~)|(?<=~~))|(?<=\])(?=\())"
)
_RUNS = re.compile(r"(`+)")
# A typed list or quote is left alone: as in wiki markup, it reads as what its writer meant.
_LINE_START = re.compile(
    r"\n[ ]{0,3}+"
    r"(?P<mark>#{1,6}(?=[ \t]|$)|\[(?=[^\[\]\n]{1,999}\]:[ \t]*+\S++[ \t]*+$)|(?P<under>=++|-++)(?=[ \t]*$))",
    re.MULTILINE,
)
_LATER_START = re.compile(r"\n[ ]{0,3}[#\[=-]")


def plain(text: str) -> str:
    """Escape text within a line; code between the back-ticks people type is left as it is."""
    if "`" in text:
        return "\n".join([_ticked(line) if "`" in line else plain(line) for line in text.split("\n")])
    # Four times as fast as a pattern that finds nothing.
    if "*" in text or "_" in text or "&" in text or "\\" in text or "~~" in text or "](" in text:
        return _READ_WRONGLY.sub(_escaped, text)
    return text


def line_starts(text: str) -> str:
    """Escape what at the start of a line would make a heading or hide the line."""
    if text[:1] in " #[" or ("\n" in text and _LATER_START.search(text)):
        return _LINE_START.sub(_started, "\n" + text)[1:]
    return text


def _escaped(found: re.Match[str]) -> str:
    if found["star"] is not None:
        return STAR
    return LINE if found["line"] is not None else "\\" + found[0]


def _started(found: re.Match[str]) -> str:
    mark = found["mark"]
    if found["under"] and not found.start():
        return found[0]
    return found[0].removesuffix(mark) + "\\" + mark


def _ticked(line: str) -> str:
    """Leave spans alone and escape what is around them; a run that nothing ends in its line is escaped."""
    pieces = _RUNS.split(line)
    ends = _ends(pieces)
    out: list[str] = []
    at = 0
    while at < len(pieces):
        stop = ends.get(at, 0)
        if stop:
            out += pieces[at : stop + 1]
            at = stop
        else:
            out.append("\\`" * len(pieces[at]) if at % 2 else plain(pieces[at]))
        at += 1
    return "".join(out)


def _ends(pieces: list[str]) -> dict[int, int]:
    """Pair each run of back-ticks with the next of its length; runs and what is between them come by turns."""
    ends: dict[int, int] = {}
    following: dict[str, int] = {}
    for at in range(len(pieces) - 2, 0, -2):
        if pieces[at] in following:
            ends[at] = following[pieces[at]]
        following[pieces[at]] = at
    return ends
