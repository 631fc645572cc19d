"""Packed bodies → what was packed in them: whole, and no larger than we take."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Any

import brotli

from jira_crawler.exceptions import TooLarge, Unreadable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd  # Scrapy brings it

CHUNK = 64 * 1024
LAYERS = 3  # what is packed more often is meant to cost something
WINDOW = 23  # zstd may want 2^23 bytes of memory, which is what HTTP allows (RFC 9659)


def unpack(body: bytes, encodings: Sequence[str], limit: int) -> tuple[bytes, list[str]]:
    """Undoes the encodings of a body, the last one first, and gives it with those that are left because nobody knows
    them; raises TooLarge beyond `limit` bytes (0: none), and Unreadable where it is garbled or breaks off.
    """
    left = [name for name in encodings if name not in ("", "identity")]
    if len(left) > LAYERS:
        raise Unreadable(f"a body that is packed {len(left)} times over")
    while left and left[-1] in KNOWN:
        name = left.pop()
        body = _whole(KNOWN[name], body, name, limit) if body else body
    return body, left


def megabytes(size: int) -> str:
    """Says a size as a person would: 64 MiB."""
    return f"{size / 2**20:.3g} MiB"


def _whole(pieces: Callable[[bytes], Iterator[bytes]], body: bytes, name: str, limit: int) -> bytes:
    """Puts the pieces together; what is too large is let go of before it is whole."""
    unpacked, size = BytesIO(), 0
    try:
        for piece in pieces(body):
            size += len(piece)
            if limit and size > limit:
                raise TooLarge(f"its answer is larger than {megabytes(limit)} when unpacked (DOWNLOAD_MAXSIZE)")
            unpacked.write(piece)
    except (OSError, EOFError, ValueError, zlib.error, brotli.error, zstd.ZstdError) as error:
        raise Unreadable(f"a garbled body ({name})") from error
    return unpacked.getvalue()


def _gzip(body: bytes) -> Iterator[bytes]:
    return _read(gzip.GzipFile(fileobj=BytesIO(body)))


def _zstd(body: bytes) -> Iterator[bytes]:
    return _read(zstd.ZstdFile(BytesIO(body), options={zstd.DecompressionParameter.window_log_max: WINDOW}))


def _read(file: Any) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece


def _deflate(body: bytes) -> Iterator[bytes]:
    """With the frame that it should have, or without, as some servers send it."""
    framed = len(body) > 1 and body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    stream = zlib.decompressobj(15 if framed else -15)
    for start in range(0, len(body), CHUNK):
        data = body[start : start + CHUNK]
        while data and not stream.eof:
            yield stream.decompress(data, CHUNK)
            data = stream.unconsumed_tail
    while piece := stream.decompress(b"", CHUNK):
        yield piece
    if not stream.eof:
        raise EOFError


def _brotli(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    for start in range(0, len(body), CHUNK):
        yield stream.process(body[start : start + CHUNK], output_buffer_limit=CHUNK)
        while not stream.is_finished() and (piece := stream.process(b"", output_buffer_limit=CHUNK)):
            yield piece
    if not stream.is_finished():
        raise EOFError


KNOWN: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
