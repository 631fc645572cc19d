"""How far somebody has read the examples of a store: opaque text, which no other store takes for its own."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, NamedTuple

import msgspec

from jira_crawler.exceptions import BadArgument
from jira_crawler.store.changes import Identity

LONGEST: Final = 2_000  # characters
_SHAPE = tuple[str, str, int, str, str] | tuple[str, str, int]
START: Final = ("", "")  # before every issue


class StaleCursor(BadArgument):
    """Nobody can go on from here: whoever reads begins anew, without a cursor."""


class Cursor(NamedTuple):
    """`seq` is the last change of a store that was read, of what a `choice` asks for.

    `place` is the last issue that was read of all that there were when the reading began at `seq`; None once it is
    through with those, and follows the changes.
    """

    store: str
    choice: str
    seq: int
    place: Identity | None = None

    def __str__(self) -> str:
        packed = msgspec.json.encode([self.store, self.choice, self.seq, *(self.place or ())])
        return urlsafe_b64encode(packed).rstrip(b"=").decode()


def read(text: str) -> Cursor:
    """Reads a cursor that was given out; raises BadArgument for what never was."""
    try:
        if len(text) > LONGEST:
            raise ValueError
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        store, choice, seq, *place = msgspec.json.decode(packed, type=list[str | int])
        if not (isinstance(store, str) and isinstance(choice, str) and isinstance(seq, int) and seq >= 0):
            raise ValueError
        if place and (len(place) != len(START) or not all(isinstance(each, str) for each in place)):
            raise ValueError
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise BadArgument("The cursor is none that was given out: take one of an answer, or begin without.") from None
    return Cursor(store, choice, seq, (str(place[0]), str(place[1])) if place else None)
