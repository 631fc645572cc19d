"""A stretch of a feed that a worker is to read for an export, and the shard that it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import ClassVar, Final

import msgspec

from jira_crawler.engines.shards import Shards
from jira_crawler.items import ordinal

PLACE: Final = "-exports"  # behind a store's identity: what replays and tables leave lies elsewhere
Lines = tuple[str, str, int, int, int]  # of an issue: site, id, number, and where they are


class ReadingJob(msgspec.Struct, frozen=True, array_like=True, tag="reading"):
    """Some issues of a feed to read: what is made of each is said by the name of a `reading`.

    `wanted` is the name of the shard of what every reading is told, `decided` what it is told of these issues. `feeds`
    and `shards` are addresses without secrets, `digest` is of the lines, `code` is who makes the same of them.
    """

    feeds: str
    feed: str
    spans: tuple[Lines, ...]
    digest: str
    reading: str
    wanted: str
    decided: bytes
    code: str
    shards: str

    @property
    def name(self) -> str:
        """What its shard is called: another one as soon as a line, what is wanted or decided, or code is another."""
        decided = hashlib.sha256(self.decided).hexdigest()
        told = msgspec.msgpack.encode((self.reading, self.digest, self.wanted, decided, self.code))
        return hashlib.sha256(told).hexdigest()[:40]


class ReadingSidecar(msgspec.Struct, frozen=True, kw_only=True):
    """What a shard holds: `numbers` are the first and last of each site, `beside` are issues that others were held to.

    Without a `reading` it is what readings are told.
    """

    rows: int
    bytes: int
    sha256: str
    code: str
    reading: str = ""
    digest: str = ""
    numbers: dict[str, tuple[int, int]] = {}
    beside: tuple[tuple[str, str], ...] = ()

    def holds(self, site: str, id_: str) -> bool:
        """Whether something of an issue may be in it; a label may be of any."""
        first, last = self.numbers.get(site, (1, 0))
        return not self.reading or first <= ordinal(id_) <= last or (site, id_) in self.beside


class ReadingShards(Shards):
    """Shards of readings, and of what these are told."""

    decoder: ClassVar[msgspec.json.Decoder[ReadingSidecar]] = msgspec.json.Decoder(ReadingSidecar)


def numbers(spans: Iterable[Lines]) -> dict[str, tuple[int, int]]:
    """Gives the first and last number of each site."""
    found: dict[str, tuple[int, int]] = {}
    for site, id_, *_ in spans:
        number = ordinal(id_)
        first, last = found.get(site, (number, number))
        found[site] = min(first, number), max(last, number)
    return found


def digest(spans: Iterable[Lines], lines: Iterable[bytes]) -> str:
    """Tells some issues of a feed from any others; where in it they stand is left out."""
    found = hashlib.sha256()
    for (site, id_, number, _, length), content in zip(spans, lines, strict=True):
        found.update(msgspec.msgpack.encode((site, id_, number, length)))
        found.update(content)
    return found.hexdigest()
