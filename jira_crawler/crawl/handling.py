"""How a task is asked, and what becomes of what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import GaveUp
from jira_crawler.crawl.task import Task
from jira_crawler.items import RawIssue
from jira_crawler.trackers.contract import Query

Effect: TypeAlias = RawIssue | Task | GaveUp
Effects: TypeAlias = Iterator[Effect]
T_contra = TypeVar("T_contra", bound=Task, contravariant=True)
T = TypeVar("T", bound=Task)


class Handler(Protocol[T_contra]):
    """What knows one type of task."""

    def query(self, task: T_contra, /) -> Query:
        """Says what is asked; never called for a task that asks nobody."""

    def handle(self, task: T_contra, reply: Reply, /) -> Iterable[Effect]:
        """Says what becomes of what came: issues, further tasks, or that the task came to nothing."""


@dataclass(frozen=True)
class Handling(Generic[T]):
    """A handler made of two functions of a collaborator that knows several types of task."""

    query: Callable[[T], Query]
    handle: Callable[[T, Reply], Iterable[Effect]]


# Each type of task leads to a handler of that very type, which no type of a mapping can say.
Handlers: TypeAlias = Mapping[type[Task], Handler[Any]]
