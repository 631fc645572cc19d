"""Jobs are done in processes of this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager
from itertools import islice

from jira_crawler.engines.engine import Done, Where
from jira_crawler.engines.work import work
from jira_crawler.refine.executor import executor

WAITING = 2  # jobs that a process has, so that it need not wait for the next one
TRIES = 2  # of a job that may have killed its process; somebody else may have, too


class Local:
    """So many processes. Where one dies, each job that was out is done again by itself."""

    def __init__(self, processes: int):
        self.processes = processes
        self._pool: Executor = executor(processes, thread=False)

    def run(self, jobs: Iterable[bytes]) -> Iterator[Done]:
        left, out = iter(jobs), dict[Future[bytes], bytes]()
        while True:
            try:
                for job in islice(left, WAITING * self.processes - len(out)):
                    out[_asked(self._pool, job)] = job
                if not out:
                    return
                for future in wait(out, return_when=FIRST_COMPLETED).done:
                    answer = future.result()
                    yield out.pop(future), answer
            except BrokenExecutor:
                again = list(out.values())
                out.clear()
                self._renew()
                yield from [(job, self._alone(job)) for job in again]

    def _alone(self, job: bytes) -> bytes | None:
        for _ in range(TRIES):
            try:
                return self._pool.submit(work, job).result()
            except BrokenExecutor:
                self._renew()
        return None

    def _renew(self) -> None:
        self.close()
        self._pool = executor(self.processes, thread=False)

    def interrupt(self) -> None:
        """Waits for the jobs that are out: each is soon done."""

    def close(self) -> None:
        """Ends the processes; what they have not begun is not done."""
        self._pool.shutdown(cancel_futures=True)


def _asked(pool: Executor, job: bytes) -> Future[bytes]:
    try:
        return pool.submit(work, job)
    except BrokenExecutor as error:  # and the job is not lost
        failed: Future[bytes] = Future()
        failed.set_exception(error)
        return failed


@contextmanager
def local(where: Where) -> Iterator[Local]:
    """Begins processes and ends them."""
    engine = Local(where.processes)
    try:
        yield engine
    finally:
        engine.close()
