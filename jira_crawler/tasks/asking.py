"""Sentences that ask somebody for something: for a test case, a look, an estimate, word whether it still happens."""

from __future__ import annotations

import re
from typing import Final

import re2  # type: ignore[import-untyped]

_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+|\n+")
_REQUEST: Final = re2.compile(
    rb"\b(?:please|pls|kindly)\b|\b(?:can|could|would|will) (?:you|someone|somebody|anyone|anybody|@?user_\d+)\b"
    rb"|user_\d+[,:]? (?:can|could|would|will) |\b(?:do|are) you (?:still|have|able|ready|on)\b|\bhow are you\b"
    rb"|\blet (?:us|me) know\b|\bask(?:ing)? (?:you|if you)\b|\b(?:is|any) (?:there )?(?:a |any )?chance\b"
    rb"|\b(?:is there|any) (?:an? |any )?(?:plans?|eta|news|updates?|progress|timeline)\b"
    rb"|\b(?:should|can|could|may|shall) (?:we|i|this|it)(?: \w+)? (?:be )?closed?\b"
    rb"|(?:unable to|able to|not|n't|never|cannot|can't) (?:re-?)?(?:produce|test|verify)\b"
)


def told_and_asked(said: str) -> tuple[str, int, int]:
    """Takes a text in lower case apart: what is told, the words of requests, and how many requests there are."""
    if not _REQUEST.search(said.encode("utf-8", "replace")):
        return said, 0, 0
    told, words, asked = [], 0, 0
    for sentence in _SENTENCE.split(said):
        if _REQUEST.search(sentence.encode("utf-8", "replace")):
            words += len(sentence.split())
            asked += 1
        else:
            told.append(sentence)
    return "\n".join(told), words, asked
