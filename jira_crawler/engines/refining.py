"""An engine refines a source, while whoever has the store takes what became of each issue, in the store's order."""

from __future__ import annotations

import asyncio
import logging
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from itertools import takewhile

import msgspec

from jira_crawler.engines.answers import answers
from jira_crawler.engines.code import code_hash
from jira_crawler.engines.engine import Engine
from jira_crawler.engines.job import Entry, Job, stamp
from jira_crawler.engines.shards import Shards
from jira_crawler.engines.work import unpacked
from jira_crawler.policy import Policy
from jira_crawler.refine.outcome import Outcome
from jira_crawler.refine.source import PayloadSource, StoredIssue

logger = logging.getLogger(__name__)
Opened = Callable[[], AbstractContextManager[Engine]]


def planned(source: PayloadSource, projects: tuple[str, ...], policy: Policy, shards: Shards, size: int) -> list[Job]:
    """Makes a job of each range of a source, in order."""
    code = code_hash(policy)
    return [Job(source.address, projects, part, policy, code, shards.address) for part in source.ranges(size)]


class Refining:
    """Has those jobs done that are not, by an engine in a thread, and gives outcomes as soon as they are there."""

    def __init__(self, jobs: Sequence[Job], shards: Shards, engine: Opened, name: str):
        self.jobs, self.shards, self.engine, self.name = jobs, shards, engine, name
        self.begun = self.elsewhere = 0
        self._starts = [(job.part.site, job.part.first) for job in jobs]
        self._answered: dict[str, bool] = {}  # whether it was done now, by the names of jobs
        self._died: set[str] = set()
        self._failure: BaseException | None = None
        self._news = asyncio.Event()
        self._stopped = False
        self._engine: Engine | None = None
        self._held: tuple[str, dict[str, Entry]] = ("", {})

    async def run(self) -> None:
        """Returns when the last job is done; what keeps it from that is raised to who waits for outcomes."""
        loop = asyncio.get_running_loop()
        try:
            there = await asyncio.to_thread(self.shards.there)
            self._answered = {job.name: False for job in self.jobs if job.name in there}
            left = [job for job in self.jobs if job.name not in self._answered]
            self.begun = len(left)
            self._news.set()
            logger.info("%d of %d shards are as they were, %d are made by %s", *self._counts(), self.name)
            if left:
                await asyncio.to_thread(self._run, left, loop)
        except BaseException as error:
            self._failure = error
            if isinstance(error, asyncio.CancelledError):
                raise
        finally:
            self._news.set()

    def _counts(self) -> tuple[int, int, int]:
        return len(self._answered), len(self.jobs), self.begun

    def stop(self) -> None:
        """Lets the engine be given up, at the latest when its next job is done."""
        self._stopped = True
        if self._engine:
            self._engine.interrupt()

    def _run(self, jobs: Sequence[Job], loop: asyncio.AbstractEventLoop) -> None:
        with self.engine() as self._engine:
            done = self._engine.run(msgspec.msgpack.encode(job) for job in jobs)
            heard = takewhile(lambda _: not self._stopped, done)
            for name, is_done in answers(heard, Job, self.name, "refine"):
                if is_done:
                    self._answered[name] = True
                else:
                    self._died.add(name)
                with suppress(RuntimeError):  # the loop may be closed by now
                    loop.call_soon_threadsafe(self._news.set)

    async def outcome(self, issue: StoredIssue) -> Outcome | None:
        """Gives what became of an issue as soon as its shard is there; None where it is of another one than this."""
        at = bisect_right(self._starts, (issue.raw.site, issue.id)) - 1
        entry = None
        if at >= 0 and self.jobs[at].part.site == issue.raw.site and issue.id <= self.jobs[at].part.last:
            entry = (await self._shard(self.jobs[at])).get(issue.id)
        if entry and entry.stamp == stamp(unpacked(issue)):
            return entry.outcome
        self.elsewhere += 1
        return None

    async def _shard(self, job: Job) -> dict[str, Entry]:
        if self._held[0] != job.name:
            await self._ready(job.name)
            found = await asyncio.to_thread(self.shards.read, job.name) if job.name in self._answered else {}
            if not found and self._answered.get(job.name):
                raise self.shards.lost()
            self._held = job.name, found
        return self._held[1]

    async def _ready(self, name: str) -> None:
        while name not in self._answered and name not in self._died:
            if self._failure:
                raise self._failure
            self._news.clear()
            await self._news.wait()
