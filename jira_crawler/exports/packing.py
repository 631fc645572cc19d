"""What readings are told and what they make, as bytes that another process reads."""

from __future__ import annotations

import threading
from collections import Counter
from functools import lru_cache
from typing import Any, Final, TypeVar, get_args, get_origin

import msgspec
import pyarrow as pa
import zstandard

from jira_crawler.exports.benchmarks import Grams
from jira_crawler.exports.diet import Diet, Family, Verdict
from jira_crawler.exports.groups import Groups
from jira_crawler.exports.options import ExportOptions
from jira_crawler.exports.preference import Openings
from jira_crawler.exports.reading import Wanted
from jira_crawler.exports.tokens import TokenCounter

_LEVEL: Final = 1  # of compression: it is read once
_WANTED: Any = tuple[ExportOptions, list[tuple[Family, Verdict]] | None, dict[str, str]]
T = TypeVar("T")


def packed(value: Any) -> bytes:
    """Makes bytes of it, the order of what was counted included."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(_ENCODER.encode(value))


def unpacked(content: bytes, kind: type[T]) -> T:
    """Makes of bytes again what they were made of."""
    of: Any = kind
    found: T = _decoder(of).decode(zstandard.decompress(content))
    return found


def packed_wanted(wanted: Wanted) -> bytes:
    """Makes bytes of what every reading is told, the same ones of the same."""
    verdicts = sorted(wanted.diet.verdicts.items()) if wanted.diet else None
    return zstandard.ZstdCompressor(level=_LEVEL).compress(_ORDERED.encode((wanted.options, verdicts, wanted.until)))


def unpacked_wanted(content: bytes) -> Wanted:
    """Makes of them again what they were made of."""
    options, verdicts, until = unpacked(content, _WANTED)
    return Wanted(options, None if verdicts is None else Diet(dict(verdicts)), until)


def _hook(value: Any) -> Any:
    match value:
        case Groups() | Openings() | Grams() | TokenCounter():
            return value.packed()
        case pa.RecordBatch():
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, value.schema) as stream:
                stream.write_batch(value)
            return sink.getvalue().to_pybytes()
    raise NotImplementedError(f"{type(value).__name__} does not travel")


def _made(kind: type, value: Any) -> Any:
    if get_origin(kind) is Counter:
        return Counter(msgspec.convert(value, dict[get_args(kind)[0], int]))  # type: ignore[misc]
    if kind is Groups:
        return Groups.unpacked(value)
    if kind is Openings:
        return Openings(value)
    if kind is Grams:
        return Grams.unpacked(value)
    if kind is TokenCounter:
        return TokenCounter.unpacked(*value)
    if kind is pa.RecordBatch:
        with pa.ipc.open_stream(value) as stream:
            return stream.read_next_batch()
    raise NotImplementedError(f"{kind} does not travel")


_ENCODER: Final = msgspec.msgpack.Encoder(enc_hook=_hook)
_ORDERED: Final = msgspec.msgpack.Encoder(enc_hook=_hook, order="deterministic")
_MAKING: Final = threading.Lock()  # two threads that make a decoder for a dataclass at once end the process


@lru_cache(maxsize=16)
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    with _MAKING:
        return msgspec.msgpack.Decoder(kind, dec_hook=_made)
