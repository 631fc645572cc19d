"""The links of issues to elsewhere, which no search brings: one question an issue, and proof that each was answered."""

from __future__ import annotations

from collections.abc import Iterator

from jira_crawler.crawl.attached_tasks import FetchRemoteLinks, ListUnlinked
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import Session
from jira_crawler.crawl.task import Task
from jira_crawler.exceptions import Unreadable
from jira_crawler.sentences import quoted
from jira_crawler.trackers import PAGE, tracker
from jira_crawler.trackers.contract import Query

AT_ONCE = 500  # issues whose links wait to be asked for
TOLD = 20  # sentences about single issues, before one tells of all others


class RemoteLinks:
    """Goes through the issues that are stored, once they are listed; `full`: also where the links are known."""

    def __init__(self, session: Session, *, full: bool):
        self.session, self.full = session, full
        self.unanswered: set[str] = set()  # issues whose links did not come, or that are gone
        self._told = 0

    def handlers(self) -> Handlers:
        return {
            ListUnlinked: Handling(self.query_nobody, self.handle_listing),
            FetchRemoteLinks: Handling(self.query, self.handle),
        }

    # --- phases

    def begin(self) -> Iterator[Task]:
        yield ListUnlinked(number=self.session.number)

    def judge(self) -> Iterator[Task]:
        """Says how many issues have links that are not known, and of which nothing was said; asks for nothing."""
        count, after = 0, ""
        while lacking := self.session.attached.without_links(after, self._before, AT_ONCE):
            count += sum(each.dialect != PAGE and each.id not in self.unanswered for each in lacking)
            after = lacking[-1].id
        if count:
            self.session.findings.add(f"The remote links of {count} issues were not asked for.")
        yield from ()

    @property
    def _before(self) -> int:
        return self.session.state.run if self.full else 0

    # --- tasks

    def query_nobody(self, _: ListUnlinked) -> Query:
        return Query(self.session.site.url)

    def handle_listing(self, task: ListUnlinked, _: Reply) -> Effects:
        """Asks for the links of some issues, and then of the next ones."""
        if task.number != self.session.number:
            return  # of a process that is no more
        found = self.session.attached.without_links(task.after, self._before, AT_ONCE)
        for each in found:
            if each.dialect != PAGE:
                yield FetchRemoteLinks(
                    project=each.project,
                    dialect=each.dialect,
                    id=each.id,
                    key=each.key,
                    since=each.since,
                    run=self._before,
                )
        if found:
            yield ListUnlinked(after=found[-1].id, number=task.number)

    def query(self, task: FetchRemoteLinks) -> Query:
        return tracker(task.dialect, self.session.site.url).remote_links(task.id)

    def handle(self, task: FetchRemoteLinks, reply: Reply) -> Effects:
        """Keeps the links of an issue; where they do not come, that is told, and those that are held stay."""
        if reply.status in (404, 410) and not reply.failure:
            self.unanswered.add(task.id)  # it was deleted meanwhile, which is for the audit to find out
            return
        try:
            links = tracker(task.dialect, self.session.site.url).read_remote_links(reply.json_or_raise())
        except Unreadable as error:
            self.unanswered.add(task.id)
            self._told += 1
            which = task.key or task.id if self._told <= TOLD else "more issues"
            yield self.session.give_up(f"The remote links of {which} did not come: {quoted(str(error))}.")
            return
        self.session.attached.keep_links(task.id, links, self.session.milliseconds())
