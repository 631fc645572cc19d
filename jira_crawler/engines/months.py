"""An engine makes the months of tables; whoever has the folder puts each into its place as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing

import msgspec

from jira_crawler.engines.answers import answers
from jira_crawler.engines.code import month_code
from jira_crawler.engines.engine import Engine
from jira_crawler.engines.month_job import MonthFiles, MonthJob, MonthShards, packed
from jira_crawler.engines.month_source import Reading, Telling
from jira_crawler.tables.source import IssueSource
from jira_crawler.tables.workers import Made, Work

Opened = Callable[[], AbstractContextManager[Engine]]


class MonthsByEngine:
    """Has the months made that are in no shard, by an engine that is opened for it.

    `address` is that of the store, `place` gives that of the shards of a store with this identity.
    """

    def __init__(self, engine: Opened, name: str, address: str, place: Callable[[str], str]):
        self.engine, self.name, self.address, self.place = engine, name, address, place
        self.as_they_were = self.made = self.here = 0

    def __call__(self, source: IssueSource, work: Sequence[Work]) -> Iterator[Made]:
        """Gives each month when its files are in their places.

        A month that workers die of, of which the store changed meanwhile, or whose shard is not whole is made here.
        Raises Refused, with one sentence, where workers cannot make any.
        """
        shards = MonthShards(self.place(source.store.identity))
        planned = {job.name: (job, each) for each, job in _planned(source, work, self.address, shards)}
        there = shards.there() & planned.keys()
        left = [name for name in planned if name not in there]
        for name, (job, each) in planned.items():
            if name in there:
                yield self._placed(source, shards, job, each, shards.month(name), made=False)
        if left:
            with closing(self._answers([planned[name][0] for name in left])) as answers:
                died = []
                for name, is_done in answers:
                    if not is_done:
                        died.append(name)
                    elif found := shards.month(name):
                        yield self._placed(source, shards, *planned[name], found, made=True)
                    else:
                        raise shards.lost()
            for name in died:  # when it is clear that not all of them are died of
                yield self._placed(source, shards, *planned[name], None, made=True)
        shards.sweep(planned)

    @property
    def note(self) -> str:
        """Says how much there was to do."""
        asked = self.as_they_were + self.made + self.here
        return (
            f"{self.as_they_were} of {asked} months are as workers left them, {self.made} were made by {self.name}, "
            f"and {self.here} here."
        )

    def _placed(
        self,
        source: IssueSource,
        shards: MonthShards,
        job: MonthJob,
        work: Work,
        found: MonthFiles | None,
        *,
        made: bool,
    ) -> Made:
        month = work.month
        if found is None or found.fingerprint != job.fingerprint:
            shards.drop(job.name)  # it is not what it is called
            self.here += 1
            return month.name, month.rebuild(source.month(month.name), work.known)
        self.made += made
        self.as_they_were += not made
        return month.name, month.place(found.files, work.known)

    def _answers(self, jobs: Sequence[MonthJob]) -> Generator[tuple[str, bool]]:
        """Gives the name of each job, and whether it is done: workers may have died of it."""
        with self.engine() as engine:
            done = engine.run(msgspec.msgpack.encode(job) for job in jobs)
            yield from answers(done, MonthJob, self.name, "make a month")


def _planned(
    source: IssueSource, work: Sequence[Work], address: str, shards: MonthShards
) -> Iterator[tuple[Work, MonthJob]]:
    """Makes a job of each month, the largest first; to know it from itself of before, all of its issues are read."""
    code, telling = month_code(), Telling(source)
    for each in sorted(work, key=lambda each: (-each.issues, each.month.name)):
        reading = Reading()
        for _ in reading.passing(telling.month(each.month.name)):
            pass
        context = packed(msgspec.msgpack.encode(each.month.context, order="deterministic"))
        said, name = packed(telling.said()), each.month.name
        yield each, MonthJob(address, name, context, said, reading.fingerprint, code, shards.address)
