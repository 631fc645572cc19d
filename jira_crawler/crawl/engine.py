"""A crawl as a dialogue: tasks out, replies in, and what becomes of them; each type of task has its handler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias, TypeVar

from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import GaveUp, Session, StopCrawl
from jira_crawler.crawl.task import Task
from jira_crawler.items import RawIssue
from jira_crawler.trackers.contract import Query

Effect: TypeAlias = RawIssue | Task | GaveUp
T = TypeVar("T", bound=Task, contravariant=True)


class Handler(Protocol[T]):
    """Knows what a task asks, and what follows from the reply."""

    def query(self, task: T) -> Query:
        """Says what is asked; not called for a task that asks nobody."""

    def handle(self, task: T, reply: Reply) -> Iterable[Effect]:
        """Gives what a reply brings: issues, further tasks, or that it came to nothing."""


class CrawlEngine:
    """Leads one crawl; whoever drives it asks what `query` says, and hands over every reply."""

    def __init__(
        self,
        session: Session,
        handlers: Mapping[type[Task], Handler[Any]],
        start: Callable[[], Iterable[Task]],
        idle: Callable[[], list[Task]],
    ) -> None:
        self.session, self._handlers, self._start, self._idle = session, handlers, start, idle

    def start(self) -> Iterable[Task]:
        """Gives the first tasks."""
        return self._start()

    def query(self, task: Task) -> Query:
        """Says what a task asks."""
        return self._handlers[type(task)].query(task)

    def handle(self, task: Task, reply: Reply) -> Iterator[Effect]:
        """Gives what a reply brings; raises StopCrawl where the site has said its last word."""
        if reply.failure and reply.failure.last_word:
            raise StopCrawl(reply.failure.reason)
        for effect in self._handlers[type(task)].handle(task, reply):
            if isinstance(effect, GaveUp):
                self.session.findings.add(effect.sentence)
            yield effect

    def idle(self) -> list[Task]:
        """Gives what is to be asked once all is answered; nothing where the crawl is over."""
        return self._idle()
