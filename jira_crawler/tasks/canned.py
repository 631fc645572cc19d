"""How a comment opens, made regular, so that one that many issues have can be told whoever wrote it, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from jira_crawler.items import Example
from jira_crawler.text.words import each_word

ANSWERS: Final = frozenset({"question_answering", "next_comment"})
SIZE: Final = 8  # bytes of an opening
MOST: Final = 5  # issues that open a comment alike make it a canned one

_WORDS: Final = 6
_FEWEST: Final = 4
_READ: Final = 300  # characters
_NOT_SAID: Final = re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\)|https?://\S+|@?\buser(?:_\d+)?\b")
_GREETINGS: Final = frozenset(
    ["hello", "hi", "hey", "dear", "thanks", "thank", "you", "sir", "all", "team", "there", "guys", "everyone"]
)


def opening(text: str) -> bytes:
    """A digest of the first words of a comment, b"" for one that hardly has any.

    Greetings, people and links are passed over, and numbers are all the same.
    """
    words = each_word(_NOT_SAID.sub(" ", text[:_READ]).lower())
    first = next((at for at, word in enumerate(words) if word not in _GREETINGS), len(words))
    said = ["0" if word.isdigit() else word for word in words[first : first + _WORDS]]
    return blake2b(" ".join(said).encode(), digest_size=SIZE).digest() if len(said) >= _FEWEST else b""


def openings(examples: Iterable[Example]) -> bytes:
    """The openings of all comments that examples teach, each once, in order, one behind the other."""
    answers = (example.output for example in examples if example.task_type in ANSWERS)
    return b"".join(sorted({found for answer in answers if (found := opening(answer))}))


def apart(openings: bytes) -> list[bytes]:
    """Takes openings apart again."""
    return [openings[at : at + SIZE] for at in range(0, len(openings), SIZE)]
