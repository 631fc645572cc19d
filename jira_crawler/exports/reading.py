"""The feeds are read stretch by stretch: what is made of one hangs on its issues and on what is told, on nothing else.

So a stretch may be read by whoever has its lines, and again at any time. What all issues decide together (who belongs
together, which labels can be learned, pairs of duplicates) is decided between two readings, and told to the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Generic, NamedTuple, Protocol, Self, TypeVar

import msgspec

from jira_crawler.exports.compared import Beside
from jira_crawler.exports.diet import Diet
from jira_crawler.exports.options import ExportOptions
from jira_crawler.exports.shards import Layout
from jira_crawler.exports.source import Entry, Source, Span
from jira_crawler.refine.source import ends

ISSUES: Final = 500  # of a stretch that is read here, about
MOST_BYTES: Final = 8 << 20  # of a stretch; an issue that has more is alone

Made = TypeVar("Made")
Progress = Callable[[int], None]


class Stretch(NamedTuple):
    """Issues of one feed that stand behind one another in the order of `Source.spans`, and the place of the first."""

    begin: int
    spans: list[Span]

    @property
    def length(self) -> int:
        """Counts the bytes of all lines."""
        return sum(span.length for span in self.spans)


class Issue(NamedTuple):
    """An issue of a stretch: its place in it, its number, and what its lines say."""

    at: int
    number: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Wanted:
    """What every reading is told: what was asked for, and what was decided for all issues alike."""

    options: ExportOptions
    diet: Diet | None = None
    until: dict[str, str] = field(default_factory=dict)

    def bare(self) -> Self:
        """Gives the same without what no reading looks at, such as where the export goes."""
        plain = ExportOptions(format=self.options.format, to="-")
        layout = Layout(files=self.options.layout.files)
        without = {name: getattr(plain, name) for name in ("to", "split_by", "shares", "force", "contact")}
        return replace(self, options=replace(self.options, layout=layout, **without))


class Decided(msgspec.Struct, frozen=True, array_like=True):
    """What was decided of each issue of a stretch; of those that come to no row nothing is read."""

    rows: list[int] = []
    splits: list[int] = []
    groups: list[str] = []
    pairs: dict[int, list[tuple[Beside, Beside]]] = {}

    def skips(self, at: int) -> bool:
        return bool(self.rows) and not self.rows[at]


NOTHING: Final = Decided()


@dataclass(frozen=True, slots=True)
class Reading(Generic[Made]):
    """What is made of a stretch, and the name by which somebody else knows how."""

    name: str
    of: Callable[[Wanted, Iterable[Issue], Decided], Made]
    made: type[Made]


class Reader(Protocol):
    """Has all stretches read by somebody, and gives what was made of each, in their order."""

    @property
    def source(self) -> Source: ...

    def __call__(
        self, reading: Reading[Made], wanted: Wanted, decide: Callable[[int, int], Decided] | None = None
    ) -> Iterator[Made]:
        """`decide` is asked about so many issues from a place on; without it nothing was decided yet."""
        ...


class Here:
    """Reads them in this process; `progress` is told of the bytes of each stretch."""

    def __init__(self, source: Source, progress: Progress = lambda _: None):
        self.source, self._progress = source, progress

    def __call__(
        self, reading: Reading[Made], wanted: Wanted, decide: Callable[[int, int], Decided] | None = None
    ) -> Iterator[Made]:
        for stretch in stretches(self.source.spans(), ISSUES):
            decided = decide(stretch.begin, len(stretch.spans)) if decide else NOTHING
            yield reading.of(wanted, issues(stretch.spans, self.source.read, decided), decided)
            self._progress(stretch.length)


def issues(spans: Iterable[Span], read: Callable[[Span], Entry], decided: Decided) -> Iterator[Issue]:
    """Reads the issues of a stretch that come to anything."""
    for at, span in enumerate(spans):
        if not decided.skips(at):
            yield Issue(at, span.number, read(span))


def stretches(spans: Iterable[Span], size: int) -> Iterator[Stretch]:
    """Cuts issues into stretches of about `size`, each of one feed.

    Where one ends follows from the ids in it: an issue that comes changes its own stretch, and hardly ever the next.
    """
    begin, within, length = 0, list[Span](), 0
    for span in spans:
        if within and (
            span.feed != within[-1].feed
            or length + span.length > MOST_BYTES
            or ends(within[-1].site, within[-1].id, len(within), size)
        ):
            yield Stretch(begin, within)
            begin, within, length = begin + len(within), [], 0
        within.append(span)
        length += span.length
    if within:
        yield Stretch(begin, within)
