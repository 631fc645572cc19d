"""An engine reads the feeds for an export, while whoever has them takes what was made of each stretch, in order."""

from __future__ import annotations

import hashlib
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from itertools import chain
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

from jira_crawler.engines.answers import answers
from jira_crawler.engines.code import export_code
from jira_crawler.engines.engine import Engine
from jira_crawler.engines.reading_job import ReadingJob, ReadingShards, ReadingSidecar, digest
from jira_crawler.exceptions import Refused
from jira_crawler.exports.packing import packed, packed_wanted, unpacked
from jira_crawler.exports.reading import NOTHING, Decided, Made, Progress, Reading, Stretch, Wanted, issues, stretches
from jira_crawler.exports.source import Source

Opened = Callable[[], AbstractContextManager[Engine]]
Decide = Callable[[int, int], Decided]


class _Asked(NamedTuple):
    job: ReadingJob
    name: str
    stretch: Stretch
    decided: Decided


class ReadingsByEngine:
    """A reader that has stretches of about `size` issues read by an engine, which is opened when it is needed.

    `feeds` is where workers find the feeds, `place` gives the address of the shards of a store with this identity.
    """

    def __init__(
        self,
        source: Source,
        progress: Progress,
        engine: Opened,
        name: str,
        feeds: str,
        place: Callable[[str], str],
        size: int,
    ):
        self.source, self.name, self.feeds = source, name, feeds
        self.as_they_were = self.made = self.here = 0
        self._progress, self._opened, self._size, self._code = progress, engine, size, export_code()
        self._shards = ReadingShards(place(source.identity))
        self._stack = ExitStack()
        self._engine: Engine | None = None
        self._digests: list[str] = []  # of the stretches, in order: nobody writes to the feeds meanwhile
        self._names: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()
        if kind is None:
            with suppress(Refused):  # the export is in its place by now, and the next one sweeps again
                self._shards.sweep(self._names)

    def __call__(self, reading: Reading[Made], wanted: Wanted, decide: Decide | None = None) -> Iterator[Made]:
        """Gives what was made of each stretch.

        One that workers die of, or whose shard is not whole, is read here. Raises Refused where they cannot read any.
        """
        planned = self._planned(reading, self._told(wanted), decide)
        there = self._shards.there()
        for asked in planned:
            if asked.name not in there:
                yield from self._by_engine(reading, wanted, chain([asked], planned), there)
                return
            yield self._taken(reading, wanted, asked, there)

    @property
    def note(self) -> str:
        """Says how much there was to do."""
        asked = self.as_they_were + self.made + self.here
        return (
            f"{self.as_they_were} of {asked} readings are as workers left them, {self.made} were made by {self.name}, "
            f"and {self.here} here."
        )

    def _by_engine(
        self, reading: Reading[Made], wanted: Wanted, planned: Iterable[_Asked], there: set[str]
    ) -> Iterator[Made]:
        waiting, settled, died = deque[_Asked](), set(there), set[str]()

        def jobs() -> Iterator[bytes]:
            for asked in planned:
                waiting.append(asked)
                if asked.name not in there:
                    yield msgspec.msgpack.encode(asked.job)

        for name, is_done in answers(self._run(jobs()), ReadingJob, self.name, "read the feeds"):
            settled.add(name)
            if not is_done:
                died.add(name)
            while waiting and waiting[0].name in settled:
                yield self._taken(reading, wanted, waiting.popleft(), there, died)
        for asked in waiting:
            yield self._taken(reading, wanted, asked, there, died)

    def _planned(self, reading: Reading[Made], told: str, decide: Decide | None) -> Iterator[_Asked]:
        for at, stretch in enumerate(stretches(self.source.spans(), self._size)):
            spans = tuple((each.site, each.id, each.number, each.offset, each.length) for each in stretch.spans)
            if at == len(self._digests):
                self._digests.append(digest(spans, map(self.source.lines, stretch.spans)))
            decided = decide(stretch.begin, len(stretch.spans)) if decide else NOTHING
            job = ReadingJob(
                feeds=self.feeds,
                feed=stretch.spans[0].feed,
                spans=spans,
                digest=self._digests[at],
                reading=reading.name,
                wanted=told,
                decided=packed(decided),
                code=self._code,
                shards=self._shards.address,
            )
            self._names.add(job.name)
            yield _Asked(job, job.name, stretch, decided)

    def _told(self, wanted: Wanted) -> str:
        """Leaves what every reading is told where workers find it, and gives its name."""
        content = packed_wanted(wanted.bare())
        sha256 = hashlib.sha256(content).hexdigest()
        name = sha256[:40]
        self._shards.leave(name, ReadingSidecar(rows=0, bytes=len(content), sha256=sha256, code=self._code), content)
        self._names.add(name)
        return name

    def _taken(
        self, reading: Reading[Made], wanted: Wanted, asked: _Asked, there: set[str], died: Iterable[str] = ()
    ) -> Made:
        shard = None if asked.name in died else self._shards.content(asked.name)
        found = _unpacked(shard, reading) if shard is not None else None
        if found is not None:
            self.as_they_were += asked.name in there
            self.made += asked.name not in there
        elif shard is not None or asked.name in there or asked.name in died:
            self.here += 1
            found = reading.of(wanted, issues(asked.stretch.spans, self.source.read, asked.decided), asked.decided)
        else:
            raise self._shards.lost()
        self._progress(asked.stretch.length)
        return found

    def _run(self, jobs: Iterable[bytes]) -> Iterator[tuple[bytes, bytes | None]]:
        if self._engine is None:
            self._engine = self._stack.enter_context(self._opened())
        try:
            yield from self._engine.run(jobs)
        except Exception:
            if not self._stack.__exit__(*sys.exc_info()):  # whoever opened it says in a sentence what is wrong with it
                raise


def _unpacked(shard: bytes, reading: Reading[Made]) -> Made | None:
    try:
        return unpacked(shard, reading.made)
    except msgspec.MsgspecError:  # a line tells of something what no line of ours does
        return None
