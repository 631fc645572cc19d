"""Lines that wait until it is their turn, in a file that goes with its process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from typing import Final, Protocol

_WASTE: Final = 64 << 20  # bytes of what is not needed any more that are borne in any case
_BLOCK: Final = 1 << 20


class Place(Protocol):
    """Whose lines are so many bytes at an offset."""

    offset: int
    length: int


class Spool:
    """Keeps bytes out of memory: a file without a name, for its owner only."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=_BLOCK)  # noqa: SIM115 - it is closed with the spool
        self._end = self._written = 0
        self._wasted = 0

    def add(self, lines: bytes) -> int:
        """Takes bytes, and says where they are."""
        at = self._end
        self._file.write(lines)
        self._end += len(lines)
        return at

    def drop(self, length: int) -> None:
        """Notes that so many bytes are not needed any more."""
        self._wasted += length

    def read(self, offset: int, length: int) -> bytes:
        if offset + length > self._written:
            self._file.flush()
            self._written = self._end
        return os.pread(self._file.fileno(), length, offset)

    def tidy(self, places: Iterable[Place]) -> None:
        """Writes what is needed into a new file, where more than half of the old one is not; tells `places` of it."""
        if self._wasted < max(_WASTE, self._end // 2):
            return
        fresh = Spool()
        for place in places:
            place.offset = fresh.add(self.read(place.offset, place.length))
        self._file.close()
        self._file, self._end, self._written, self._wasted = fresh._file, fresh._end, 0, 0

    def close(self) -> None:
        self._file.close()
