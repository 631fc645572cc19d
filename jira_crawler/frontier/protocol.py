"""What every frontier offers: tasks wait in it until what they brought is committed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from jira_crawler.crawl.task import Task


class Leased(NamedTuple):
    """A task that is out, and the `id` by which the frontier knows it."""

    id: str
    task: Task


class Failed(NamedTuple):
    """A task that came to nothing, with the sentence that says why; a later run or round tries it again."""

    id: str
    reason: str


class Frontier(Protocol):
    """Hands tasks out at least once; what they bring is made exactly once by the store.

    Memory, SQLite and Redis implement it, and nothing asks which. Raises FrontierLost where it cannot keep its word.
    """

    def push(self, task: Task) -> bool:
        """Takes a task, unless one with its identity was ever taken; tells whether it did."""

    def lease(self) -> Leased | None:
        """Hands out the task of the highest priority, the oldest first; None where nothing waits now."""

    def release(self, id: str, task: Task) -> None:
        """Lets a leased task wait again."""

    def acknowledge(self, done: Iterable[str], failed: Iterable[Failed]) -> None:
        """Lets go of tasks whose yield is committed, and keeps those that came to nothing."""

    def watermarks(self) -> dict[str, int]:
        """Gives, by project, before which creation time (ms) everything is listed and committed."""
