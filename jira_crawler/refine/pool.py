"""Refines on as many cores as there are, and outlives a process that dies over its work."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor
from datetime import UTC, datetime
from pathlib import Path

from jira_crawler.exceptions import Refused
from jira_crawler.items import RawIssue
from jira_crawler.policy import Policy
from jira_crawler.refine.chain import FAULT
from jira_crawler.refine.chunk import pack, unpack
from jira_crawler.refine.executor import abandon, executor, submit
from jira_crawler.refine.outcome import Outcome, Rejected

KILLED = "the process that refined it died of it"
# Of control groups, the second version and the first.
LIMITS = tuple(Path("/sys/fs/cgroup", name) for name in ("cpu.max", "cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"))
HARMLESS = RawIssue(
    site="",
    base_url="",
    dialect="server",
    project="A",
    id="1",
    key="A-1",
    payload=b'{"id": "1", "key": "A-1", "fields": {"summary": "", "created": "2000-01-01T00:00:00.000+0000"}}',
    fetched_at=datetime.fromtimestamp(0, UTC),
)
STARTS, PAUSE = 20, 0.05  # times that a process is begun, and seconds more before each: who begins them may be gone
TRIES = 2  # of one issue alone: the first process may have been killed by somebody


# What is raised where a process is gone: while it works, or by who should start it and was killed himself.
DEATHS = (BrokenExecutor, OSError, EOFError)


class ProcessesDie(Refused):
    """Whatever is refined, its process is killed."""


class RefinePool:
    """Processes that refine chunks of issues; each is the bytes of `refine.chunk` on its way in and out.

    Each process has pipes of its own, so one that dies (killed, or out of memory) takes down what waited for itself,
    and nothing else. That is refined again: each chunk in a process in which nobody else works, and if that dies, too,
    issue by issue. One that kills its process again is a reject, unless an issue that can do no harm kills its process
    as well.
    """

    def __init__(self, processes: int, policy: Policy):
        self.processes, self.policy = processes, policy
        self._waiting: dict[Executor, int] = {}  # how many chunks each process has
        self._own: Executor | None = None
        self._turn = asyncio.Lock()  # to the process in which nobody else works

    async def refine(self, issues: Sequence[RawIssue]) -> list[Outcome]:
        """Gives what becomes of each issue, in their order; payloads may be as they came, or compressed by the store.

        Raises ProcessesDie where that is not the issues' fault.
        """
        pool: Executor | None = None
        try:
            pool = self._least()
            self._waiting[pool] += 1
            return await self._run(pool, issues)
        except DEATHS:
            if pool and self._waiting.pop(pool, None) is not None:
                abandon(pool)
        finally:
            if pool in self._waiting:
                self._waiting[pool] -= 1
        async with self._turn:
            return await self._again(issues)

    def close(self) -> None:
        """Ends the processes; what they were given and have not begun is not done."""
        for pool in (*self._waiting, self._own):
            if pool:
                pool.shutdown(cancel_futures=True)
        self._waiting, self._own = {}, None

    def _least(self) -> Executor:
        """Gives the process that has the fewest chunks; one that is begun has none."""
        if len(self._waiting) < self.processes and all(self._waiting.values()):
            self._waiting[executor(1, thread=self.processes == 1)] = 0
        return min(self._waiting, key=self._waiting.__getitem__)

    async def _again(self, issues: Sequence[RawIssue]) -> list[Outcome]:
        if outcomes := await self._alone(issues, 1):
            return outcomes
        each = [await self._alone([issue], TRIES) for issue in issues]
        return [one for found in each for one in found or [await self._reject()]]

    async def _alone(self, issues: Sequence[RawIssue], tries: int) -> list[Outcome]:
        """Refines in a process of its own; nothing where that dies each time. One that cannot be begun has not died."""
        deaths = starts = 0
        while deaths < tries and starts < STARTS:
            try:
                self._own = self._own or executor(1, thread=False)
                answer = submit(self._own, pack(issues, self.policy))
            except DEATHS:
                starts += 1
                self._drop_own()
                await asyncio.sleep(starts * PAUSE)
                continue
            try:
                return unpack(await asyncio.wrap_future(answer))
            except DEATHS:
                deaths += 1
                self._drop_own()
        return []

    def _drop_own(self) -> None:
        if self._own:
            abandon(self._own)
            self._own = None

    async def _reject(self) -> Rejected:
        """What becomes of an issue that kills, unless processes die of anything."""
        if not await self._alone([HARMLESS], TRIES):
            raise ProcessesDie(
                "Processes that refine die, whatever they are given. Fewer REFINE_PROCESSES need less memory."
            )
        return Rejected(FAULT, KILLED)

    async def _run(self, pool: Executor, issues: Sequence[RawIssue]) -> list[Outcome]:
        chunk = pack(issues, self.policy)
        return unpack(await asyncio.wrap_future(submit(pool, chunk)))


def processes(wanted: int) -> int:
    """Gives how many processes are to refine: as many as are wanted, or with 0 as there are cores to use."""
    return wanted or cores()


def cores(limits: Sequence[Path] = LIMITS) -> int:
    """Counts the cores that this process may use, which in a container are not all; at least one.

    `limits` are where the kernel says how much time a group of processes has: as `100000 50000`, or in two files.
    """
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = " ".join(path.read_text() for path in limits if path.exists()).split()
        allowed = -(-int(quota) // int(period))
    except (OSError, ValueError, ZeroDivisionError):  # `max` is no limit, nor is one that is not there
        return there
    return min(there, allowed) if allowed > 0 else there  # -1 is none, too
