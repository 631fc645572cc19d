"""Puts issues together of their pieces, once everything that was to come of them has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from jira_crawler.crawl.github_session import GitHubSession
from jira_crawler.crawl.github_tasks import AssembleItems, RefineLeft
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import StoredIssue
from jira_crawler.crawl.task import Task
from jira_crawler.items import RawIssue
from jira_crawler.trackers.github.reading import DIALECT

MANY = 50  # issues that are put together at a time
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class GitHubAssembly:
    """An issue is made anew where a piece of it is another one than it was made of; each is made once."""

    def __init__(self, github: GitHubSession, *, refines: bool):
        self.github, self.session, self.refines = github, github.session, refines

    def handlers(self) -> Handlers:
        return {
            AssembleItems: Handling(self.github.query_nobody, self.assemble),
            RefineLeft: Handling(self.github.query_nobody, self.refine),
        }

    def begin(self) -> Iterator[Task]:
        for found in self.github.found.values():
            yield AssembleItems(project=found.full_name, repository=found.id)

    def assemble(self, task: AssembleItems, _: Reply) -> Effects:
        """Gives the next issues whose pieces are other ones by now."""
        due = self.github.store.unfinished(task.repository, task.project, after=task.after, limit=MANY)
        for each in due:
            for part in each.cut:
                self.session.truncated[part] += 1
            yield RawIssue(
                site=self.session.site.name,
                base_url=self.session.site.url,
                dialect=DIALECT,
                project=task.project,
                id=each.id,
                key=f"{task.project}#{each.number}",
                payload=each.payload,
                fetched_at=_EPOCH + timedelta(milliseconds=each.changed),
                cut=each.cut,
            )
        if len(due) == MANY:
            yield msgspec.structs.replace(task, after=due[-1].number)

    # --- what an earlier run only stored

    def refine_left(self) -> Iterator[Task]:
        """Sends issues on again that were only scraped so far, or dropped for a changed twin."""
        if self.refines and next(self._left(), None):
            yield RefineLeft()

    def refine(self, _: RefineLeft, __: Reply) -> Effects:
        for stored in self._left():
            yield stored.raw_issue()

    def _left(self) -> Iterator[StoredIssue]:
        names = [found.full_name for found in self.github.found.values()]
        yield from self.session.store.unrefined(names)
        yield from self.session.store.orphans()

    def finish(self) -> None:
        """Notes that each repository is here as a whole, unless something is missing."""
        session = self.session
        if session.findings:
            return
        for found in self.github.found.values():
            began = session.state.run
            session.store.progress.save(session.site.name, found.full_name, began=began, watermark=None, finished=began)
