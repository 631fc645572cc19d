"""A crawl as a dialogue: tasks out, replies in, and what becomes of them; each type of task has its handler."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jira_crawler.crawl.handling import Effects, Handlers
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import Session, StopCrawl
from jira_crawler.crawl.task import Task
from jira_crawler.trackers.contract import Query


class CrawlEngine:
    """Leads one crawl; whoever drives it asks what `query` says, and hands over every reply."""

    def __init__(
        self,
        session: Session,
        handlers: Handlers,
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

    def handle(self, task: Task, reply: Reply) -> Effects:
        """Gives what a reply brings; raises StopCrawl where the site has said its last word."""
        if reply.failure and reply.failure.last_word:
            raise StopCrawl(reply.failure.reason)
        yield from self._handlers[type(task)].handle(task, reply)

    def idle(self) -> list[Task]:
        """Gives what is to be asked once all is answered; nothing where the crawl is over."""
        return self._idle()
