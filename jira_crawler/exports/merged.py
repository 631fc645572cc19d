"""Where the issues are in a feed that was merged from shards: the store knows of the shards only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import msgspec

from jira_crawler.exceptions import BadArgument


@dataclass(frozen=True, slots=True)
class Span:
    """Where the lines of one issue are."""

    feed: str
    site: str
    id: str
    number: int
    offset: int
    length: int


class _Metadata(msgspec.Struct):
    site: str
    issue_id: str


class _Line(msgspec.Struct):
    metadata: _Metadata


_decoder = msgspec.json.Decoder(_Line)


def spans(path: Path) -> Iterator[Span]:
    """Gives every issue of a merged feed, in its order: its lines stand together."""
    for (site, id_), lines in groupby(_lines(path), key=lambda line: line[:2]):
        places = [(offset, length) for _, _, offset, length in lines]
        size = sum(length for _, length in places)
        yield Span(path.name, site, id_, int(id_) if id_.isdigit() else 0, places[0][0], size)


def _lines(path: Path) -> Iterator[tuple[str, str, int, int]]:
    offset = 0
    with path.open("rb") as file:
        for line in file:
            try:
                metadata = _decoder.decode(line).metadata
            except msgspec.DecodeError as error:
                raise BadArgument(f"{path.name} is damaged at byte {offset}: scrapy merge makes it anew.") from error
            yield metadata.site, metadata.issue_id, offset, len(line)
            offset += len(line)
