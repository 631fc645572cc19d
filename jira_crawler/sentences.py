"""What others said, made fit to stand in a sentence of ours: on the screen, in the log and in the report.

A server chooses its words, its headers, its titles and the addresses that it redirects to. None of them may move the
cursor, turn the order of what follows, begin a line of its own in a log, or push our own words off the screen.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST_QUOTE: Final = 300  # characters of what somebody else said
LONGEST_SENTENCE: Final = 2_000  # of ours, which may name many projects

# Colours, cursor moves, titles and links of a terminal; one that is cut off takes only its beginning with it.
_TERMINAL: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*.?"
)
_READ: Final = 8  # times as many characters are looked at as are kept, for most may be invisible


def quoted(said: str) -> str:
    """The beginning of what somebody else said, on one line and without anything that does not show."""
    return printable(said, LONGEST_QUOTE)


def printable(sentence: str, longest: int = LONGEST_SENTENCE) -> str:
    """A sentence on one line, without terminal codes, controls and marks that turn the order of writing."""
    if len(sentence) <= longest and sentence.isprintable() and "  " not in sentence:
        return sentence
    shown = _TERMINAL.sub("", sentence[: _READ * longest])
    shown = "".join(letter if letter.isprintable() else " " * letter.isspace() for letter in shown)
    shown = " ".join(shown.split())
    whole = len(shown) <= longest and len(sentence) <= _READ * longest
    return shown if whole else shown[: longest - 1].rstrip() + "…"
