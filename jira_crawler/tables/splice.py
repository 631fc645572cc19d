"""Columns of a Parquet file take the place of those of another one; all others stay the bytes that they are.

A column lies in a file in one piece for each group of rows, and only the footer says where. So a file with a few other
columns is put together of pieces, to the byte as a writer would have made it, and nothing else of it is decoded.
"""

from __future__ import annotations

from typing import Any, Final

from jira_crawler.tables import thrift
from jira_crawler.tables.thrift import Riddle, Struct

_MAGIC: Final = b"PAR1"
_ENDING: Final = 8  # the length of the footer, and the magic number again
# The fields of Parquet's own structs that say where something is.
_VERSION, _ROWS, _GROUPS, _WRITER = 1, 3, 4, 6
_CHUNKS, _SIZE, _GROUP_ROWS, _BEGIN, _COMPRESSED = 1, 2, 3, 5, 6
_OFFSET, _META = 2, 3
_PATH, _CHUNK_SIZE, _CHUNK_COMPRESSED, _DATA, _DICTIONARY = 3, 6, 7, 9, 11
_OF_A_CHUNK: Final = dict.fromkeys((_CHUNK_SIZE, _CHUNK_COMPRESSED, _DATA, _DICTIONARY))
_OF_A_GROUP: Final = {
    _CHUNKS: {_OFFSET: None, _META: _OF_A_CHUNK},
    **dict.fromkeys((_SIZE, _GROUP_ROWS, _BEGIN, _COMPRESSED)),
}
_WANTED: Final = {_ROWS: None, _GROUPS: _OF_A_GROUP}
# What else a chunk says of itself holds wherever it is; what is not among these, such as an index of pages, might not.
_KNOWN: Final = frozenset({*range(1, 8), _DATA, _DICTIONARY, 12, 13, 16})


class _Laid:
    """How a file is laid out; raises Riddle where it is not as we lay them out."""

    def __init__(self, content: bytes):
        self.content = memoryview(content)
        size = int.from_bytes(content[-_ENDING:-4], "little")
        self.end = len(content) - _ENDING - size
        if content[:4] != _MAGIC or content[-4:] != _MAGIC or self.end < len(_MAGIC):
            raise Riddle
        footer = content[self.end : -_ENDING]
        try:
            self.footer = thrift.read(footer, _WANTED)
            if thrift.written(self.footer) != footer:
                raise Riddle
            self.groups: list[Struct] = self.footer[_GROUPS][1]
            if self._walk() != self.end:
                raise Riddle
        except (IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Riddle from error

    def _walk(self) -> int:
        """Finds where the last chunk ends, each beginning where the one before has ended."""
        at = len(_MAGIC)
        for group in self.groups:
            size, begin = 0, at
            for chunk in group[_CHUNKS][1]:
                meta = chunk[_META][1]
                if chunk.keys() != {_OFFSET, _META} or chunk[_OFFSET][1] or not meta.keys() <= _KNOWN:
                    raise Riddle
                if _start(meta) != at:
                    raise Riddle
                size += meta[_CHUNK_SIZE][1]
                at += meta[_CHUNK_COMPRESSED][1]
            if (group[_SIZE][1], group[_BEGIN][1], group[_COMPRESSED][1]) != (size, begin, at - begin):
                raise Riddle
        return at

    def is_like(self, other: _Laid) -> bool:
        """Whether the same writer wrote both, and as many rows in as many groups."""
        alike = all(self.footer.get(field) == other.footer.get(field) for field in (_VERSION, _ROWS, _WRITER))
        rows, others = ([group[_GROUP_ROWS] for group in each.groups] for each in (self, other))
        return alike and rows == others


def spliced(content: bytes, columns: bytes) -> list[bytes | memoryview]:
    """Gives the pieces of a file in which the columns of another file are in the place of those of the same names.

    Raises Riddle where they do not fit together, or are not laid out as files of ours are.
    """
    old, fresh = _Laid(content), _Laid(columns)
    if not old.is_like(fresh):
        raise Riddle
    pieces: list[bytes | memoryview] = [_MAGIC]
    at = len(_MAGIC)
    for group, other in zip(old.groups, fresh.groups, strict=True):
        named = {chunk[_META][1][_PATH]: chunk for chunk in other[_CHUNKS][1]}
        chunks, begin = [], at
        for chunk in group[_CHUNKS][1]:
            taken = named.pop(chunk[_META][1][_PATH], None)
            meta: dict[int, Any] = (taken or chunk)[_META][1]
            start, length = _start(meta), meta[_CHUNK_COMPRESSED][1]
            pieces.append((fresh if taken else old).content[start : start + length])
            for field in {_DATA, _DICTIONARY} & meta.keys():
                meta[field] = meta[field][0], meta[field][1] + at - start
            chunks.append(taken or chunk)
            at += length
        if named:
            raise Riddle
        size = sum(chunk[_META][1][_CHUNK_SIZE][1] for chunk in chunks)
        for field, value in ((_CHUNKS, chunks), (_SIZE, size), (_BEGIN, begin), (_COMPRESSED, at - begin)):
            group[field] = group[field][0], value
    footer = thrift.written(old.footer)
    return [*pieces, footer, len(footer).to_bytes(4, "little"), _MAGIC]


def _start(meta: dict[int, Any]) -> int:
    """Where a chunk begins: with its dictionary, if it has one."""
    start: int = meta[_DICTIONARY if _DICTIONARY in meta else _DATA][1]
    return start
