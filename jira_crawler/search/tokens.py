"""What a text is looked up by: its words, and the names of code in it. The same for documents, questions and engines.

An engine gets words with spaces between, so that no engine's own idea of a word matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final
from unicodedata import normalize

import numpy as np

from jira_crawler.text.words import each_word

LONGEST: Final = 100  # characters of a word: what is longer is found by these
MOST: Final = 2_000  # names of one issue, and their parts
# ASCII goes as bytes, whose translation is ten times as fast as that of a text. For words, signs become spaces. Where
# names are looked for, all become one of five kinds: two of them side by side tell whether a name may be there.
_WORDS: Final = bytes(code if code < 128 and chr(code).isalnum() else 32 for code in range(256)).lower()
_SPACE, _SMALL, _CAPITAL, _DIGIT, _JOINT = range(5)
_KIND: Final = {ascii_lowercase: _SMALL, ascii_uppercase: _CAPITAL, digits: _DIGIT, "._": _JOINT}
_KINDS: Final = bytes(
    next((kind for those, kind in _KIND.items() if code < 128 and chr(code) in those), _SPACE) for code in range(256)
)
_GAP: Final = bytes([_SPACE])
_PAIRS: Final = {(_SMALL, _CAPITAL), (_CAPITAL, _CAPITAL), (_JOINT, _SMALL), (_JOINT, _CAPITAL)}
_FOUND: Final = b"\x01"
_MARKS: Final = bytes(divmod(pair, 8) in _PAIRS for pair in range(256))
_LONGEST_NAME: Final = 1_000  # characters of what may be one
_HUMPED: Final = re.compile("[a-z][A-Z]|[A-Z]{2}[a-z]")
_NAME: Final = re.compile(rf"{_HUMPED.pattern}|[A-Za-z][A-Za-z0-9]*[._][A-Za-z]")
_HUMP: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words(text: str) -> list[str]:
    """Gives the words of a text in lower case, in order; each sign of a script without spaces is one."""
    found = each_word((text if text.isascii() else normalize("NFKC", text)).casefold())
    return [word[:LONGEST] for word in found] if max(map(len, found), default=0) > LONGEST else found


def tokenized(texts: Sequence[str]) -> tuple[list[str], str]:
    """Gives the words of each of some texts, with spaces between, and the names of code in all of them, each once.

    A name has a hump, or a point or an underscore inside: `LogCleaner` gives `logcleaner log cleaner`, `log.flush.ms`
    itself, and its words behind it. In a text that is split at points and underscores, its parts are words anyway.
    """
    joined = "\n".join(texts)
    data = joined.encode("ascii", "replace")
    named = dict.fromkeys(chain.from_iterable(map(_named, _candidates(data))))
    names = " ".join(islice(named, MOST) if len(named) > MOST else named)
    spaced = data.translate(_WORDS).decode()
    if not joined.isascii() or _has_long(spaced):
        return [" ".join(words(text)) for text in texts], names
    return list(_parts(spaced, map(len, texts))), names


def _parts(joined: str, lengths: Iterable[int]) -> Iterator[str]:
    at = 0
    for length in lengths:
        yield joined[at : at + length]
        at += length + 1


def _has_long(spaced: str) -> bool:
    """Whether there is a word that is longer than they may be: from one space to the last one that it may end at."""
    at, last = 0, len(spaced) - LONGEST
    while at < last:
        space = spaced.rfind(" ", at, at + LONGEST + 1)
        if space < 0:
            return True
        at = space + 1
    return False


def _candidates(data: bytes) -> Iterator[bytes]:
    """Finds what may be a name, in order: whatever stands between two spaces and looks like one somewhere."""
    kinds = data.translate(_KINDS)
    kind = np.frombuffer(kinds, np.uint8)
    marks = (kind[:-1] << 3 | kind[1:]).tobytes().translate(_MARKS)
    at = marks.find(_FOUND)
    while at >= 0:
        begin, end = kinds.rfind(_GAP, 0, at) + 1, kinds.find(_GAP, at)
        end = len(data) if end < 0 else end
        yield data[begin:end]
        at = marks.find(_FOUND, end)


def code_name(text: str) -> str:
    """Gives a name of code as it is looked up, "" where a text is none that can be."""
    text = text.strip()
    return text.casefold()[:LONGEST] if text.isascii() and not any(map(str.isspace, text)) else ""


@lru_cache(maxsize=1 << 14)  # the same names stand in one issue after the other
def _named(piece: bytes) -> tuple[str, ...]:
    """Gives a name and its parts; nothing for what is none, such as the end of a sentence, or a number."""
    name = piece.decode()
    if not _NAME.search(name) or len(name) > _LONGEST_NAME:
        return ()
    name = name.strip("._")
    found = [name.lower()[:LONGEST]]
    for part in filter(None, name.replace("_", ".").split(".")):
        if part != name:
            found.append(part.lower()[:LONGEST])
        if _HUMPED.search(part):
            found += [hump.lower()[:LONGEST] for hump in _HUMP.findall(part)]
    return tuple(found)
