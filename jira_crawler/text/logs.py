"""Long logs lose their middle: head and tail say what happened, and a visible mark says how much is gone."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

from jira_crawler.text.fences import FENCE, blocks

_LONG_WORD: Final = 10_000  # characters without a space: base64, or a file on one line
_WORD_ENDS: Final = 500  # what is kept of it at either end
_WORD = re.compile(rf"(?<!\S)\S{{{_LONG_WORD},}}+")

# A word and the blanks behind it are never taken back: no shorter ones would fit.
_TIME = (
    r"(?:\S{1,24}+ ++){0,2}[\[(]?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d[:.]\d\d[:.]\d\d\b"
    r"|\d\d?/(?:\d\d|[A-Z][a-z]{2})/\d{2,4}[ :]\d|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d)"
)
_LEVELS = r"(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|SEVERE|FINE(?:R|ST)?|NOTICE)"
_LEVEL = (
    rf"{_LEVELS}(?:: +[\w$]+\.|  +\S|\s*\||\s+[-\[(]|\s+[\w$]+(?:\.[\w$]+)+:?(?:\s|$))"
    r"|npm (?:ERR!|WARN|info|http)\b|[VDIWEF]/\S+ *[(:]"
)
_FRAME = (
    r"(?:at \S+ ?\(|at \S+:\d+|\.\.\. \d+ (?:more|common frames)|Caused by: |File \"[^\"]*\", line \d"
    r"|[~^][~^ ]*$|\[(?:exec|javac?|junit|echo|copy|mkdir|delete|javadoc|apply)\] "  # Python's markers, Ant's tasks
    r"|#?\d+ +(?:\S+ +)?0x[0-9a-f]|- (?:locked|waiting|parking) |\"[^\"]+\" .*\b(?:prio|tid)=)"
)
_LOG_LINE = re.compile(rf"{_FRAME}|{_TIME}|{_LEVEL}")
_BRACKETED_LEVEL = re.compile(rf".{{0,30}}?\[{_LEVELS} *\]")
_LOOKED_AT: Final = 200  # characters of a line
_DIGITS = re.compile(r"\d+")
_PREFIX: Final = 8  # characters of a line that make it look like its neighbour, whatever its numbers
_PLAIN: Final = frozenset(
    {"", "text", "txt", "plain", "none", "log", "logs", "console", "output", "bash", "sh", "shell"}
)
_GAP: Final = 5  # other lines in a row that do not end a log outside code


def shorten(text: str, limit: int) -> str:
    """The text with every log of more than `limit` lines cut to `limit`, its mark included; 0 leaves all as it is.

    A log is fenced code, or lines one after the other, that are mostly time stamps, levels or stack frames, or begin
    alike where no source language is named. Endless words lose their middle too.
    """
    if limit <= 0:
        return text
    if len(text) > _LONG_WORD and max(map(len, text.split("\n"))) > _LONG_WORD:
        text = _WORD.sub(_shorter_word, text)
    if text.count("\n") < limit:
        return text
    return "\n".join("\n".join(_block(lines, limit) if code else _prose(lines, limit)) for code, lines in blocks(text))


def is_log_line(line: str) -> bool:
    """True if a line has what only programs write: a time, a level, a stack frame."""
    return _is_of_program(line.lstrip()[:_LOOKED_AT])


@lru_cache(maxsize=512)  # whoever reads an issue asks again, and logs repeat themselves
def _is_of_program(line: str) -> bool:
    return _LOG_LINE.match(line) is not None or ("[" in line and _BRACKETED_LEVEL.match(line) is not None)


def is_log(lines: list[str], language: str = "") -> bool:
    """True if at least half of the lines that are not blank look like a log's."""
    full = [line for line in lines if line and not line.isspace()]
    alike = language in _PLAIN
    before = [""] + [_beginning(line) for line in full] if alike else []
    marked = sum(is_log_line(line) or (alike and before[at] == before[at + 1] != "") for at, line in enumerate(full))
    return 2 * marked >= len(full) > 0


def _block(lines: list[str], limit: int) -> list[str]:
    """Fenced code, its fences not counted; the second one may be missing."""
    opening = FENCE.match(lines[0])
    end = -1 if opening and len(lines) > 1 and lines[-1].strip(" \t>").startswith(opening[1]) else len(lines)
    body = lines[1:end]
    language = lines[0].strip(" \t>`~").lower()
    if len(body) <= limit or not is_log(body, language):
        return lines
    return [lines[0], *_middle_out(body, limit), *lines[end:]]


def _prose(lines: list[str], limit: int) -> list[str]:
    """Prose in which runs of log lines stand bare."""
    if len(lines) <= limit:
        return lines
    kept: list[str] = []
    begin = 0
    marked = [at for at, line in enumerate(lines) if is_log_line(line)]
    starts = marked[:1] + [late for early, late in pairwise(marked) if late - early > _GAP]
    ends = [early for early, late in pairwise(marked) if late - early > _GAP] + marked[-1:]
    for start, end in zip(starts, ends, strict=True):
        run = lines[start : end + 1]
        if len(run) > limit and is_log(run, "prose"):
            kept += [*lines[begin:start], *_middle_out(run, limit)]
            begin = end + 1
    return kept + lines[begin:]


def _middle_out(lines: list[str], limit: int) -> list[str]:
    """`limit` lines: the first ones, the mark, the last ones, a third of all."""
    tail = (limit - 1) // 3
    head = limit - 1 - tail
    return [*lines[:head], f"[… {len(lines) - head - tail:,} lines left out …]", *lines[len(lines) - tail :]]


def _shorter_word(word: re.Match[str]) -> str:
    left_out = len(word[0]) - 2 * _WORD_ENDS
    return f"{word[0][:_WORD_ENDS]} [… {left_out:,} characters left out …] {word[0][-_WORD_ENDS:]}"


def _beginning(line: str) -> str:
    """What a line begins with, its numbers made alike; "" for one too short to say."""
    start = _DIGITS.sub("0", line[: _PREFIX * 4]).strip()[:_PREFIX]
    return start if len(start) == _PREFIX else ""
