"""The feeds of an output folder, issue by issue in a fixed order, while nobody else writes into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import msgspec
import orjson
from sqlalchemy import func, select

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.fields import about
from jira_crawler.feeds import locks, shards
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.feeds.opening import unmended
from jira_crawler.items import ordinal
from jira_crawler.store.tables import issues

_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One example; `size` is the bytes of its line. What an older feed does not tell is empty, and `value` is None."""

    id: str
    task_type: str
    example_type: str
    instruction: str
    input: str
    output: str
    size: int
    value: float | None = None
    value_reasons: str = ""
    speaker: str = ""
    said: str = ""
    role: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is a text to learn by heart, without a question."""
        return not (self.instruction or self.input)

    @property
    def prompt(self) -> str:
        """What a model gets to see before it answers, or the text where nothing is asked."""
        return self.output if self.is_text else self.input


@dataclass(frozen=True, slots=True)
class Entry:
    """One issue as the feeds tell of it: `about` it, and its examples in the order of their ids."""

    about: dict[str, Any]
    samples: list[Sample]

    @property
    def identity(self) -> str:
        return f"{self.about['site']}-{self.about['issue_id']}"


class Source:
    """Reads only what the store calls certain, and holds the folder's lock until it is closed.

    Of a fleet that is what was merged from the shards.
    """

    def __init__(self, folder: Path, url: str = ""):
        if not url and not (folder / "store.sqlite").is_file():
            raise BadArgument(f"There is no dataset in {folder}: crawl first, or set OUTPUT_DIR.")
        try:
            self._dataset = Dataset(folder, url, writing=False)
        except BadArgument:
            if locks.is_taken(folder):
                raise BadArgument(f"A crawl is writing to {folder}: try again when it has ended.") from None
            raise
        self.folder = folder
        self.engine, self.identity = self._dataset.store.engine, self._dataset.store.identity
        self._open: dict[str, IO[bytes]] = {}
        try:
            if lost := unmended(self._dataset.store):
                raise BadArgument(lost)
            self._merged = self._merged_feeds()
            if not self._merged:
                self._dataset.judge()  # which a crawl that was killed has not come to
        except BaseException:
            self._dataset.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for file in self._open.values():
            file.close()
        self._dataset.close()

    def projects(self) -> list[str]:
        return sorted(shards.project(feed) for feed, size in self._feeds().items() if size)

    def size(self) -> int:
        """Counts the certain bytes of all feeds."""
        return sum(self._feeds().values())

    def fetched(self) -> datetime | None:
        """Says when the last of the issues in the feeds was fetched."""
        query = select(func.max(issues.c.fetched_at)).where(issues.c.feed.is_not(None))
        with self.engine.connect() as connection:
            newest = connection.execute(query).scalar()
        return datetime.fromtimestamp(newest / 1000, UTC) if newest else None

    def spans(self) -> Iterator[Span]:
        """Gives every issue in the feeds by project, number and site, whatever the order of lines and the database."""
        columns = issues.c.feed, issues.c.site, issues.c.id, issues.c.number, issues.c.offset, issues.c.length
        query = select(*columns).order_by(issues.c.number)
        for path in self._merged:
            yield from self._whole(path)
        for feed in sorted(self._feeds()) if not self._merged else ():
            with self.engine.connect() as connection:
                rows = connection.execution_options(yield_per=_CHUNK).execute(query.where(issues.c.feed == feed))
                # Databases do not agree on the order of texts.
                for _, same in groupby((Span(*row) for row in rows), key=lambda span: span.number):
                    yield from sorted(same, key=lambda span: (span.site, span.id))

    def _whole(self, path: Path) -> Iterator[Span]:
        """Gives the issues of a merged feed; raises BadArgument where workers have brought others since."""
        there = 0
        for span in merged_spans(path):
            there += 1
            yield span
        query = select(func.count()).where(issues.c.feed.is_not(None), issues.c.project == shards.project(path.name))
        with self.engine.connect() as connection:
            known = connection.execute(query).scalar_one()
        if there != known:
            raise BadArgument(
                f"{path.name} holds {there} issues, and the workers have written {known}: scrapy merge makes it anew."
            )

    def read(self, span: Span) -> Entry:
        """Reads one issue."""
        return decoded(span, self.lines(span))

    def lines(self, span: Span) -> bytes:
        """Reads the lines of one issue."""
        if span.feed not in self._open:
            self._open[span.feed] = (self.folder / span.feed).open("rb")
        file = self._open[span.feed]
        file.seek(span.offset)
        return file.read(span.length)

    def _feeds(self) -> dict[str, int]:
        """Gives the certain length of every feed."""
        if self._merged:
            return {path.name: path.stat().st_size for path in self._merged}
        return {feed: size for feed, (size, _) in self._dataset.store.feed_index.all().items()}

    def _merged_feeds(self) -> list[Path]:
        """Finds what was merged, where workers have written shards."""
        feeds = self._dataset.store.feed_index.all()
        if all(shards.is_of(feed) for feed in feeds):
            return []
        paths = [self.folder / shards.feed(project) for project in sorted(set(map(shards.project, feeds)))]
        if not all(path.is_file() for path in paths):
            raise BadArgument(f"What the workers wrote is not merged in {self.folder}: scrapy merge does it.")
        return paths


def decoded(span: Span, lines: bytes) -> Entry:
    """Decodes the lines of one issue; raises BadArgument where they are damaged."""
    try:
        return entry(span, lines)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise BadArgument(
            f"{span.feed} is damaged at byte {span.offset}: move it away, and scrapy crawl replay makes it again."
        ) from error


def entry(span: Span, lines: bytes) -> Entry:
    """Decodes the lines of one issue."""
    read = [(orjson.loads(line), len(line) + 1) for line in lines.splitlines()]
    samples = [sample(line, size) for line, size in read]
    return Entry(about(read[0][0]["metadata"], span.site, span.id), sorted(samples, key=lambda sample: sample.id))


def sample(line: Mapping[str, Any], size: int) -> Sample:
    """Gives the example that a decoded line of so many bytes is."""
    metadata = line["metadata"]
    told = metadata.get
    value = told("value")
    return Sample(
        line["id"],
        line["task_type"],
        metadata["example_type"],
        line["instruction"],
        line["input"],
        line["output"],
        size,
        None if value is None else float(value),
        told("value_reasons", ""),
        told("speaker", ""),
        told("said", ""),
        told("role", ""),
    )


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


def merged_spans(path: Path) -> Iterator[Span]:
    """Gives every issue of a merged feed, in its order: its lines stand together."""
    for (site, id_), lines in groupby(_lines(path), key=lambda line: line[:2]):
        places = [(offset, length) for _, _, offset, length in lines]
        size = sum(length for _, length in places)
        yield Span(path.name, site, id_, ordinal(id_), places[0][0], size)


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
