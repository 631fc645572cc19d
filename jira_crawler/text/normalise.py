"""Makes a Markdown text regular without touching what it says.

Everywhere: line ends become `\\n`; terminal colour codes, control characters and lone surrogates go. Outside fenced
code also: Unicode NFC, no invisible characters, plain spaces, no trailing space, one blank line at most in a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import is_normalized, normalize

from jira_crawler.text.fences import FENCE, closes

_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
# Joiners shape Indic, Persian and emoji text; beside ASCII and space they are litter.
_STRAY_JOINER = re.compile(r"(?<![^\x00-\x7f\s])[\u200c\u200d]++|(?<![\u200c\u200d])[\u200c\u200d]++(?![^\x00-\x7f\s])")
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_CONTROL_ASCII = bytes({*range(32), 127} - {*b"\t\n"})


def normalise(text: str) -> str:
    """The text, regular; linear in its length, and the same text when there is nothing to do."""
    if text.isascii() and _is_tidy(text):
        return text
    text = _CONTROL.sub("", _LINE_ENDS.sub("\n", text))
    return "\n".join(_lines(text)).strip("\n")


def _is_tidy(text: str) -> bool:
    """A quick look at ASCII text; it may say no to a tidy one, for the blanks in its code."""
    return not (
        text[:1] == "\n"
        or text[-1:].isspace()
        or "\n\n\n" in text
        or " \n" in text
        or "\t\n" in text
        or len(text.encode().translate(None, _CONTROL_ASCII)) < len(text)
    )


def _lines(text: str) -> Iterator[str]:
    """The lines with prose made regular and fenced code as it is; a fence that never closes runs to the end."""
    fence = ""
    blank = False
    for line in text.split("\n"):
        if fence:
            yield line
            if closes(line, fence):
                fence = ""
            continue
        line = _prose(line)
        if line or not blank:
            yield line
        blank = not line
        if opening := FENCE.match(line):
            fence = opening[1]


def _prose(line: str) -> str:
    if not line.isascii():
        line = _SPACES.sub(" ", _INVISIBLE.sub("", line))
        line = _composed(_STRAY_JOINER.sub("", _composed(line)))
    return line.rstrip()


def _composed(line: str) -> str:
    return line if is_normalized("NFC", line) else normalize("NFC", line)
