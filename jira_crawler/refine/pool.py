"""Refines on as many cores as there are, and outlives a process that dies over its work."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor

from jira_crawler.exceptions import Refused
from jira_crawler.items import RawIssue
from jira_crawler.policy import Policy
from jira_crawler.refine.chain import FAULT
from jira_crawler.refine.chunk import pack, refine_chunk, unpack
from jira_crawler.refine.executor import executor
from jira_crawler.refine.outcome import Outcome, Rejected

KILLED = "the process that refined it died of it"
TRIES = 2  # of one issue alone: the first process may have been killed by somebody
MOST_KILLERS = 5  # issues in a row; what kills so many is not their fault


class ProcessesDie(Refused):
    """Whatever is refined, its process is killed."""


class RefinePool:
    """Processes that refine chunks of issues; each is the bytes of `refine.chunk` on its way in and out.

    A process that dies (killed, or out of memory) takes those down that work beside it. What they had is refined again:
    each chunk in a process in which nobody else works, and if that dies, too, issue by issue. One that kills its
    process once more is a reject.
    """

    def __init__(self, processes: int, policy: Policy):
        self.processes, self.policy = processes, policy
        self._shared: Executor | None = None
        self._own: Executor | None = None
        self._turn = asyncio.Lock()  # to the process in which nobody else works
        self._killers = 0

    async def refine(self, issues: Sequence[RawIssue]) -> list[Outcome]:
        """Gives what becomes of each issue, in their order; payloads may be as they came, or compressed by the store.

        Raises ProcessesDie where that is not the issues' fault.
        """
        if self._shared is None:
            self._shared = executor(self.processes)
        pool = self._shared
        try:
            outcomes = await self._run(pool, issues)
            self._killers = 0
            return outcomes
        except BrokenExecutor:
            if self._shared is pool:
                self._shared = None
                pool.shutdown(wait=False, cancel_futures=True)
        async with self._turn:
            return await self._again(issues)

    def close(self) -> None:
        """Ends the processes; what they were given and have not begun is not done."""
        for pool in (self._shared, self._own):
            if pool:
                pool.shutdown(cancel_futures=True)
        self._shared = self._own = None

    async def _again(self, issues: Sequence[RawIssue]) -> list[Outcome]:
        if outcomes := await self._alone(issues, 1):
            return outcomes
        outcomes = []
        for issue in issues:
            outcomes += await self._alone([issue], TRIES) or [self._reject()]
        return outcomes

    async def _alone(self, issues: Sequence[RawIssue], tries: int) -> list[Outcome]:
        """Refines in a process of its own; nothing where that dies each time."""
        for _ in range(tries):
            self._own = self._own or executor(1, thread=False)
            try:
                outcomes = await self._run(self._own, issues)
            except BrokenExecutor:
                self._own.shutdown(wait=False)
                self._own = None
            else:
                self._killers = 0
                return outcomes
        return []

    def _reject(self) -> Rejected:
        self._killers += 1
        if self._killers > MOST_KILLERS:
            raise ProcessesDie(
                f"Processes that refine die, whatever they are given: {MOST_KILLERS} issues in a row. "
                "Fewer REFINE_PROCESSES need less memory."
            )
        return Rejected(FAULT, KILLED)

    async def _run(self, pool: Executor, issues: Sequence[RawIssue]) -> list[Outcome]:
        chunk = pack(issues, self.policy)
        return unpack(await asyncio.get_running_loop().run_in_executor(pool, refine_chunk, chunk))


def processes(wanted: int) -> int:
    """Gives how many processes are to refine: as many as are wanted, or with 0 as there are cores to use."""
    return wanted or cores()


def cores() -> int:
    """Counts the cores that this process may use, which in a container are not all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
