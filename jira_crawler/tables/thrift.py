"""Thrift's compact protocol, in which a Parquet file ends: read as far as offsets are, and written as it was read.

A value that nobody asks for stays the bytes that it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_VARINTS: Final = (4, 5, 6)
_LONG: Final = 15  # what does not fit beside a type in a byte

# Which fields of a struct are read: None is a number, anything else those of the struct, or of each struct of a list.
Wanted = Mapping[int, Any]
Struct = dict[int, tuple[int, Any]]  # type and value by the number of a field, in the order in which they stand


class Riddle(ValueError):
    """Bytes that are no struct."""


def read(data: bytes, wanted: Wanted) -> Struct:
    """Reads a struct that fills some bytes; raises Riddle, or IndexError where they end before it does."""
    found, end = _struct(data, 0, wanted)
    if end != len(data):
        raise Riddle
    return found


def written(struct: Struct) -> bytes:
    """Gives the bytes of a struct."""
    out = bytearray()
    _write(out, struct)
    return bytes(out)


def _struct(data: bytes, at: int, wanted: Wanted) -> tuple[Struct, int]:
    found: Struct = {}
    number = 0
    while head := data[at]:
        kind = head & 0x0F
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _signed(data, at)
        begin = at
        if number not in wanted:
            at = _past(data, at, kind)
            found[number] = kind, data[begin:at]
        elif kind in _VARINTS:
            value, at = _signed(data, at)
            found[number] = kind, value
        elif kind == _STRUCT:
            inner, at = _struct(data, at, wanted[number])
            found[number] = kind, inner
        elif kind == _LIST:
            size, of, at = _sizes(data, at)
            if of != _STRUCT:
                raise Riddle
            listed = []
            for _ in range(size):
                inner, at = _struct(data, at, wanted[number])
                listed.append(inner)
            found[number] = kind, listed
        else:
            raise Riddle
    return found, at + 1


def _past(data: bytes, at: int, kind: int) -> int:
    """Finds where a value ends."""
    if kind in (_TRUE, _FALSE):
        return at
    if kind in _VARINTS:
        while data[at] & 0x80:
            at += 1
        return at + 1
    if kind == _BINARY:
        size, at = _unsigned(data, at)
        return at + size
    if kind == _STRUCT:
        while head := data[at]:
            at += 1
            if not head >> 4:
                _, at = _signed(data, at)
            at = _past(data, at, head & 0x0F)
        return at + 1
    if kind in (_LIST, _SET):
        size, of, at = _sizes(data, at)
        for _ in range(size):
            at = at + 1 if of in (_TRUE, _FALSE, _BYTE) else _past(data, at, of)
        return at
    if kind in (_BYTE, _DOUBLE):
        return at + (1 if kind == _BYTE else 8)
    raise Riddle


def _sizes(data: bytes, at: int) -> tuple[int, int, int]:
    size, of = data[at] >> 4, data[at] & 0x0F
    if size == _LONG:
        size, at = _unsigned(data, at + 1)
        return size, of, at
    return size, of, at + 1


def _unsigned(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while (byte := data[at]) & 0x80:
        value |= (byte & 0x7F) << shift
        shift += 7
        at += 1
    return value | byte << shift, at + 1


def _signed(data: bytes, at: int) -> tuple[int, int]:
    value, at = _unsigned(data, at)
    return value >> 1 ^ -(value & 1), at


def _write(out: bytearray, struct: Struct) -> None:
    before = 0
    for number, (kind, value) in struct.items():
        if 0 < number - before <= _LONG:
            out.append(number - before << 4 | kind)
        else:
            out.append(kind)
            _varint(out, number)
        before = number
        if isinstance(value, bytes):
            out += value
        elif isinstance(value, int):
            _varint(out, value)
        elif isinstance(value, dict):
            _write(out, value)
        else:
            if len(value) < _LONG:
                out.append(len(value) << 4 | _STRUCT)
            else:
                out.append(_LONG << 4 | _STRUCT)
                _count(out, len(value))
            for each in value:
                _write(out, each)
    out.append(0)


def _varint(out: bytearray, value: int) -> None:
    _count(out, value << 1 if value >= 0 else (-value << 1) - 1)


def _count(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
