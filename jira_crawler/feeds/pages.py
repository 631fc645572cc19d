"""Which examples somebody wants, and a page of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import msgspec
import orjson

from jira_crawler.exceptions import BadArgument

MOST: Final = 10_000  # examples of a page, and so many ids that are gone
_BYTES: Final = 16 << 20  # of lines, beyond which a page is full
_CHUNK: Final = 200  # issues that are looked up at a time, at most …
_FEW: Final = 20  # … and at least
_USUAL: Final = 8  # examples of an issue, so that not much more is read than goes into a page


class _Metadata(msgspec.Struct):
    quality: float = 0.0


class _Line(msgspec.Struct):
    task_type: str
    metadata: _Metadata


_decoder = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which examples somebody wants; what is empty leaves nothing out. Raises BadArgument for what nobody can want.

    Keys of projects are in capitals, however they are said; names of repositories are as they are.
    """

    min_quality: float = 0.0
    tasks: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.min_quality <= 1:
            raise BadArgument("min_quality is a number from 0 to 1.")
        keys = (each if "/" in each else each.upper() for each in self.projects)
        object.__setattr__(self, "projects", tuple(sorted(set(keys))))

    @property
    def digest(self) -> str:
        """What tells this choice from others, in whatever order it is said."""
        said = [float(self.min_quality), sorted(set(self.tasks)), self.projects]
        return blake2b(orjson.dumps(said), digest_size=6).hexdigest()

    def of(self, lines: bytes) -> list[bytes]:
        """Gives those of the lines of an issue that are wanted, as they are."""
        several = lines.splitlines(keepends=True)
        if not (self.min_quality or self.tasks):
            return several
        read = [(line, _decoder.decode(line)) for line in several]
        return [
            line
            for line, told in read
            if told.metadata.quality >= self.min_quality and (not self.tasks or told.task_type in self.tasks)
        ]


@dataclass(slots=True)
class Page:
    """`lines` are examples as they stand in the feeds; those of an issue stand together, and replace its earlier ones.

    `gone` are issues, `<site>-<id>`, of which nothing is wanted any more. `cursor` says where the next page begins;
    `is_last` whether there was nothing behind this one when it was read, up to the change `seq`.
    """

    cursor: str = ""
    lines: list[bytes] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    seq: int = 0
    is_last: bool = False
    size: int = 0

    def add(self, lines: list[bytes]) -> None:
        """Takes what is wanted of one issue."""
        self.lines += lines
        self.size += sum(map(len, lines))

    def is_full(self, most: int) -> bool:
        """Whether so many examples are in it, or so much else that it is to be sent."""
        return len(self.lines) >= most or len(self.gone) >= MOST or self.size >= _BYTES

    def chunk(self, most: int) -> int:
        """How many issues may still find room."""
        return min(_CHUNK, max(_FEW, (most - len(self.lines)) // _USUAL))

    def ndjson(self) -> bytes:
        """The page as it is sent: an example a line, and a last line that is none."""
        return b"".join(self.lines) + orjson.dumps({"cursor": self.cursor, "gone": self.gone}) + b"\n"
