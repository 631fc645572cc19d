"""The door for other processes and engines: a chunk of issues is bytes on the way in, and on the way out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import zstandard

from jira_crawler.items import RawIssue, replace
from jira_crawler.policy import Policy
from jira_crawler.refine.chain import refine_all
from jira_crawler.refine.outcome import Outcome


class Chunk(msgspec.Struct, array_like=True):
    """Issues to refine, and how; the payload of each as it came, or compressed, as the store holds it."""

    issues: list[RawIssue]
    policy: Policy


_read, _read_outcomes = msgspec.msgpack.Decoder(Chunk), msgspec.msgpack.Decoder(list[Outcome])


def pack(issues: Sequence[RawIssue], policy: Policy) -> bytes:
    """Makes a chunk that can go anywhere this package is installed."""
    return msgspec.msgpack.encode(Chunk(list(issues), policy))


def unpack(chunk: bytes) -> list[Outcome]:
    """Reads what became of each issue of a chunk, in the same order."""
    return _read_outcomes.decode(chunk)


def refine_chunk(chunk: bytes) -> bytes:
    """Refines a chunk as `pack` makes it; `unpack` reads the result."""
    work = _read.decode(chunk)
    return msgspec.msgpack.encode(list(refine_all(map(_unpacked, work.issues), work.policy)))


def _unpacked(raw: RawIssue) -> RawIssue:
    packed = raw.payload.startswith(zstandard.FRAME_HEADER)  # which no JSON begins with
    return replace(raw, payload=zstandard.decompress(raw.payload)) if packed else raw
