"""People whom only other issues know become `user_N` in the texts of an issue, behind its own people.

Who they are is told by digests, as `project_names` makes them; what a text says of nobody else stays to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from jira_crawler.redaction.project_names import Mention, mentions
from jira_crawler.text.fences import Code

LABEL: Final = re.compile(r"user_([0-9]{1,18})(?![0-9])")
_LABELS: Final = re.compile(LABEL.pattern.encode())
_FEW: Final = 1_000_000  # a number above is nobody's


def digests_of(told: str) -> frozenset[bytes]:
    """Reads digests in hex, joined by blanks, as the store keeps them."""
    return frozenset(map(bytes.fromhex, told.split()))


class OtherPeople:
    """Numbers those who are wanted, one number a digest, in the order in which they are met; `said` is all texts.

    The first number is the lowest above all that `said` holds from which so many are free.
    """

    def __init__(self, digests: Collection[bytes], said: bytes):
        self._wanted = digests
        self.first = _first(said, len(digests))
        self._labels: dict[bytes, str] = {}

    @property
    def last(self) -> int:
        """The last number that somebody has got, below the first where nobody has."""
        return self.first + len(self._labels) - 1

    def redact(self, text: str) -> tuple[str, list[str]]:
        """Gives the text with numbers, and what stood in place of each, in order."""
        parts, called, done = [], [], 0
        for start, end, digest in _found(text, self._wanted):
            called.append(text[start:end])
            label = self._labels.setdefault(digest, f"user_{self.first + len(self._labels)}")
            parts += [text[done:start], label]
            done = end
        return ("".join(parts) + text[done:] if parts else text), called


def _found(text: str, digests: Collection[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Where one of them is named, in order; none overlap."""
    data = text.encode("utf-8", "replace")  # one byte for what is no character, so that places stay the same
    done, code = 0, None
    at = start = 0  # where we are, in bytes and in characters
    for mention in sorted((each for each in mentions(data) if each.digest in digests), key=_by_place):
        if mention.start < done:
            continue
        at, start = mention.start, start + len(data[at : mention.start].decode())
        if mention.in_prose:
            code = code or Code(text)
            if start in code:
                continue
        yield start, start + len(data[mention.start : mention.end].decode()), mention.digest
        done = mention.end


def _by_place(mention: Mention) -> tuple[int, int]:
    return mention.start, -mention.end


def _first(said: bytes, many: int) -> int:
    """The lowest number above all that the texts hold, from which so many are free."""
    taken = {int(number) for number in _LABELS.findall(said)}
    first = max((number for number in taken if number < _FEW), default=-1) + 1
    while clash := [number for number in taken if first <= number < first + many]:
        first = max(clash) + 1
    return first
