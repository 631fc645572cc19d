"""How texts are compared: by their words alone, whatever their case, width, punctuation and markup."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Final
from unicodedata import is_normalized, normalize

# Scripts that are written without spaces: each character counts as a word.
_UNSPACED: Final = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
# Gaps beyond ASCII, and of these what is not seen, which is no gap at all.
_GAPS: Final = re.compile(r"[^\w\x00-\x7f]+")
_UNSEEN: Final = re.compile(
    r"[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
# ASCII goes as bytes, whose translation is ten times as fast as that of a text.
_SPACED: Final = bytes(code if code >= 128 or chr(code).isalnum() else ord(" ") for code in range(256)).lower()
_GAPS_OF_ASCII: Final = bytes(code for code in range(128) if not chr(code).isalnum())


@lru_cache(maxsize=64)  # the examples of one issue share their inputs
def words(text: str) -> str:
    """The words of `text` in lower case with one space between: `Won't Fix!` → `won t fix`."""
    if text.isascii():
        return b" ".join(text.encode().translate(_SPACED).split()).decode()
    text = text if is_normalized("NFKC", text) else normalize("NFKC", text)
    text = _GAPS.sub(_gap, text).casefold()
    return " ".join(text.encode("utf-8", "surrogatepass").translate(_SPACED).decode("utf-8", "surrogatepass").split())


def _gap(found: re.Match[str]) -> str:
    return "" if _UNSEEN.fullmatch(found[0]) else " "


@lru_cache(maxsize=64)
def letters(text: str) -> str:
    """The words of `text` without the spaces, so that `time-out` is `Timeout` and `f**o**o` is `foo`."""
    if text.isascii():
        return text.encode().translate(_SPACED, _GAPS_OF_ASCII).decode()
    return words(text).replace(" ", "")


@lru_cache(maxsize=4)  # most families ask it of the same report, which may be long
def has_words(text: str, at_least: int) -> bool:
    """True if `text` holds that many words."""
    return sum(1 for _ in islice(_WORD.finditer(text), at_least)) == at_least


def each_word(lower: str) -> list[str]:
    """The words of a text in lower case one by one, each character of a script without spaces by itself."""
    if lower.isascii():  # several times as fast as the pattern
        return lower.encode().translate(_SPACED).decode().split()
    return _WORD.findall(lower)


def is_unspaced(text: str) -> bool:
    """True if `text` holds characters of a script without spaces, where no word boundary can be seen."""
    return not text.isascii() and re.search(f"[{_UNSPACED}]", text) is not None
