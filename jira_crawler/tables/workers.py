"""Months are read and written side by side, in processes that open the store for themselves, or in this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jira_crawler.refine import pool as pools
from jira_crawler.refine.executor import executor
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from jira_crawler.tables.learning import Learnt, learn
from jira_crawler.tables.month import Month
from jira_crawler.tables.parquet import Written
from jira_crawler.tables.source import IssueSource

FEW = 5_000  # issues that one process has read before others have begun


@dataclass(frozen=True, slots=True)
class Work:
    """A month to be made from the store, what is there of it, and how many issues it has."""

    month: Month
    known: dict[str, Written]
    issues: int


Made = tuple[str, dict[str, Written]]  # a month, and what is in each of its tables
Elsewhere = Callable[[IssueSource, Sequence[Work]], Iterator[Made]]

_sources: dict[tuple[str, str], IssueSource] = {}  # of a process that was started for this


def _source(url: str, output: Path) -> IssueSource:
    key = url, str(output)
    if key not in _sources:
        _sources[key] = IssueSource(Store(connect(url)), output)
    return _sources[key]


def _rebuild(url: str, output: Path, work: Work) -> Made:
    return work.month.name, work.month.rebuild(_source(url, output).month(work.month.name), work.known)


def _learn(url: str, output: Path, month: str) -> Learnt:
    return _learnt(_source(url, output), month)


def _learnt(source: IssueSource, month: str) -> Learnt:
    learnt: Learnt = {}
    for some in source.month(month):
        learn(some, learnt)
    return learnt


class Workers:
    """So many processes as are asked for, as soon as there is enough to do; 0: one for each core.

    `elsewhere`, where there is one, makes months in their place.
    """

    def __init__(self, store: Store, url: str, output: Path, processes: int, elsewhere: Elsewhere | None = None):
        self.store, self.url, self.output, self.elsewhere = store, url, output, elsewhere
        self.processes = pools.processes(processes)
        self._executor: Executor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._executor:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def rebuild(self, work: Sequence[Work]) -> Iterator[Made]:
        """Makes months from the store, the largest first, and gives each as soon as it is there."""
        if self.elsewhere:
            yield from self.elsewhere(IssueSource(self.store, self.output), work)
            return
        if self.processes < 2 or sum(each.issues for each in work) < FEW:
            source = IssueSource(self.store, self.output)
            for each in work:
                yield each.month.name, each.month.rebuild(source.month(each.month.name), each.known)
            return
        yield from self._run(_rebuild, sorted(work, key=lambda each: -each.issues))

    def learn(self, months: Sequence[str]) -> Iterator[Learnt]:
        """Reads what the issues of months say of statuses and projects."""
        if self.processes < 2:
            source = IssueSource(self.store, self.output)
            for month in months:
                yield _learnt(source, month)
            return
        yield from self._run(_learn, months)

    def _run(self, function: Callable[..., Any], given: Sequence[Any]) -> Iterator[Any]:
        self._executor = self._executor or executor(self.processes)
        futures = [self._executor.submit(function, self.url, self.output, each) for each in given]
        for future in as_completed(futures):
            yield future.result()
