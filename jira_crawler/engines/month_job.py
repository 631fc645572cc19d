"""A month of tables that a worker is to make, and the shard that it leaves: the files of the month, in one."""

from __future__ import annotations

import hashlib
from typing import ClassVar, Final

import msgspec
import zstandard

from jira_crawler.engines.shards import Shards
from jira_crawler.items import ordinal

PLACE: Final = "-tables"  # behind a store's identity: what a replay leaves lies elsewhere, and each sweeps its own


class MonthJob(msgspec.Struct, frozen=True, array_like=True, tag="month"):
    """A month to make: `context` and what feeds say (`said`) are packed, `fingerprint` is of its issues as they were.

    `source` and `shards` are addresses without secrets, `code` is who makes the same rows.
    """

    source: str
    month: str
    context: bytes
    said: bytes
    fingerprint: str
    code: str
    shards: str

    @property
    def name(self) -> str:
        """What its shard is called: another one as soon as an issue, what is known of its site, or code is another."""
        context = hashlib.sha256(self.context).hexdigest()
        told = msgspec.msgpack.encode((self.month, self.fingerprint, context, self.code))
        return hashlib.sha256(told).hexdigest()[:40]


class MonthSidecar(msgspec.Struct, frozen=True, kw_only=True):
    """What a shard holds: `fingerprint` is of the issues that were read, `numbers` the first and last of each site."""

    rows: int
    bytes: int
    sha256: str
    code: str
    month: str
    fingerprint: str
    numbers: dict[str, tuple[int, int]]

    def holds(self, site: str, id_: str) -> bool:
        """Whether an issue may be in it."""
        first, last = self.numbers.get(site, (1, 0))
        return first <= ordinal(id_) <= last


class MonthFiles(msgspec.Struct, frozen=True, array_like=True):
    """A shard: rows and bytes of the file of each table, and the fingerprint of the issues that they were made of."""

    fingerprint: str
    files: dict[str, tuple[int, bytes]]


def packed(content: bytes) -> bytes:
    """Makes what goes with a job small: a month has many issues, and a site many fields."""
    return zstandard.ZstdCompressor(level=3).compress(content)


_FILES = msgspec.msgpack.Decoder(MonthFiles)


class MonthShards(Shards):
    """Shards of months."""

    decoder: ClassVar[msgspec.json.Decoder[MonthSidecar]] = msgspec.json.Decoder(MonthSidecar)

    def month(self, name: str) -> MonthFiles | None:
        """Gives the files of a month; None where its shard is not whole."""
        shard = self.content(name)
        return _FILES.decode(shard) if shard is not None else None
