"""An engine for tests: it does each job in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from jira_crawler.engines.engine import Done, Engine
from jira_crawler.engines.work import work


class Here:
    """An engine that does each job in this process, or what else it is told to do, and counts them."""

    def __init__(self, doing: Callable[[bytes], bytes | None] = work):
        self.doing, self.jobs = doing, 0

    def run(self, jobs: Iterable[bytes]) -> Iterator[Done]:
        for job in jobs:
            self.jobs += 1
            yield job, self.doing(job)

    def interrupt(self) -> None:
        pass

    @contextmanager
    def opened(self) -> Iterator[Engine]:
        yield self
