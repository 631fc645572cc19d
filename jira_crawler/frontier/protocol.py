"""What every frontier offers: tasks wait in it until what they brought is committed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import NamedTuple, Protocol

from jira_crawler.crawl.session import CrawlState
from jira_crawler.crawl.task import Task


class FrontierLost(Exception):
    """Tasks cannot be kept any more: the disk is full or not sound, or Redis is away for too long."""


class Leased(NamedTuple):
    """A task that is out, and the `id` by which the frontier knows it."""

    id: str
    task: Task


class Failed(NamedTuple):
    """A task that came to nothing, with the sentence that says why; a later run or round tries it again."""

    id: str
    reason: str


class Codec(Protocol):
    """Tasks as tagged JSON and back; crawl.tasks is one. Never pickle: others may have written it."""

    def encode(self, task: Task) -> bytes: ...

    def decode(self, data: bytes) -> Task:
        """Raises ValueError for what is no task."""


class Frontier(Protocol):
    """Hands tasks out at least once; what they bring is made exactly once by the store.

    Memory, SQLite and Redis implement it, and nothing asks which. Raises FrontierLost where it cannot keep its word.
    """

    def push(self, task: Task) -> bool:
        """Takes a task, unless one with its identity was ever taken; tells whether it did."""

    def lease(self) -> Leased | Failed | None:
        """Hands out the task of the highest priority, the oldest first; None where nothing waits now.

        What cannot be read as a task has failed by then: somebody else wrote it, or the disk is not sound.
        """

    def pending(self) -> bool:
        """Whether something waits for this process; what others may ask as well does not hold it up."""

    def waiting(self) -> int:
        """Counts the tasks that wait, for whoever watches."""

    def acknowledge(self, done: Iterable[str], failed: Iterable[Failed]) -> None:
        """Lets go of tasks whose yield is committed, and keeps those that came to nothing."""

    def watermarks(self) -> dict[str, int]:
        """Gives, by project, before which creation time (ms) everything is listed and committed."""

    def resume(self) -> CrawlState | None:
        """Gives what an earlier process noted for this one, alone, to go on with."""

    def keep(self, state: CrawlState) -> None:
        """Notes this with the tasks from now on, as it is when something is committed that follows from it."""

    def commit(self) -> None:
        """Makes durable all that was done so far, and the state."""

    def close(self, complete: bool = False) -> None:
        """Lets what is out wait for others or for the next run, which begins anew where this one is `complete`."""


def fingerprint(task: Task) -> bytes:
    """Gives 20 bytes that are the same for the same question; a task that nothing keeps has none: ValueError."""
    if (identity := task.identity) is None:
        raise ValueError(f"{type(task).__name__} is asked by every process anew, and waits in none")
    return blake2b(identity.encode(errors="surrogatepass"), digest_size=20).digest()


@contextmanager
def losing(trouble: type[Exception]) -> Iterator[None]:
    """As a decorator or in a block: gives trouble of the place where tasks are kept its one name."""
    try:
        yield
    except trouble as error:
        raise FrontierLost(str(error)) from error
