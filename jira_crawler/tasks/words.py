"""How texts are compared: by their words alone, whatever their case and punctuation."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Final

# Scripts that are written without spaces: each character counts as a word.
_UNSPACED: Final = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_GAPS: Final = re.compile(r"[\W_]+")
_ASCII: Final = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}


@lru_cache(maxsize=32)  # the examples of one issue share their inputs
def words(text: str) -> str:
    """The words of `text` in lower case with one space between: `Won't Fix!` → `won t fix`."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    return _GAPS.sub(" ", text.casefold()).strip()


def has_words(text: str, at_least: int) -> bool:
    """True if `text` holds that many words."""
    return sum(1 for _ in islice(_WORD.finditer(text), at_least)) == at_least


def is_unspaced(text: str) -> bool:
    """True if `text` holds characters of a script without spaces, where no word boundary can be seen."""
    return not text.isascii() and re.search(f"[{_UNSPACED}]", text) is not None
