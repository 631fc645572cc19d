"""Turns listed issues into complete ones: every embedded list that the tracker cut short is read from its own address.

An issue is given on only when all of its lists are there, or marked as cut.
"""

from __future__ import annotations

from dataclasses import replace

from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import Session
from jira_crawler.crawl.tasks import CompleteList
from jira_crawler.exceptions import Unreadable
from jira_crawler.items import RawIssue
from jira_crawler.trackers import tracker
from jira_crawler.trackers.contract import IssueStub, Query, Truncation


class Completion:
    """Asks for the rest of lists, one after the other."""

    def __init__(self, session: Session):
        self.session = session

    def handlers(self) -> Handlers:
        return {CompleteList: Handling(self.query, self.handle)}

    def raw(self, issue: IssueStub, project: str, dialect: str) -> RawIssue:
        """Makes an issue that is only listed so far an item."""
        return RawIssue(
            site=self.session.site.name,
            base_url=self.session.site.url,
            dialect=dialect,
            project=project,
            id=issue.id,
            key=issue.key,
            payload=bytes(issue.payload),
            fetched_at=self.session.clock(),
        )

    def complete(self, raw: RawIssue, missing: tuple[Truncation, ...], created: int) -> RawIssue | CompleteList:
        """Gives an issue on if nothing is cut, and else the task for the first list that can be completed.

        Until that is done a listing is not certain beyond the issue's creation time (ms).
        """
        speaks = tracker(raw.dialect, self.session.site.url)
        for place, cut in enumerate(missing):
            if speaks.complete(raw.id, cut):
                return CompleteList(
                    project=raw.project, dialect=raw.dialect, issue=raw, missing=missing[place:], created=created
                )
            raw = self._marked(raw, cut)
        return raw

    def query(self, task: CompleteList) -> Query:
        issue, site = task.issue, self.session.site
        # Whoever wrote the task down would have it stored under another name else.
        here = site.name, site.url, task.dialect, task.project
        if (issue.site, issue.base_url, issue.dialect, issue.project) != here:
            raise LookupError(f"its issue is not of {task.project} at {site.url}")
        question = tracker(task.dialect, self.session.site.url).complete(task.issue.id, task.missing[0])
        if question is None:
            raise LookupError(f"there is no address for the {task.missing[0].part} entries of an issue")
        return question

    def handle(self, task: CompleteList, reply: Reply) -> Effects:
        issue, missing = task.issue, task.missing
        if reply.status in (404, 410) and not reply.failure:
            # It was deleted while we asked, which is for the audit to find out, and no gap of ours.
            yield self.complete(self._marked(issue, missing[0]), missing[1:], task.created)
            return
        try:
            speaks = tracker(task.dialect, self.session.site.url)
            payload, rest = speaks.join(issue.payload, missing[0], reply.json_or_raise())
        except Unreadable as error:
            yield from self._left_cut(issue, task, str(error))
            return
        issue = replace(issue, payload=payload)
        if rest == missing[0]:
            yield from self._left_cut(issue, task, "it ends before it has given all it counts")
        else:
            yield self.complete(issue, (rest, *missing[1:]) if rest else missing[1:], task.created)

    def _left_cut(self, issue: RawIssue, task: CompleteList, why: str) -> Effects:
        """Goes on without the rest of a list, and lets the crawl end as incomplete."""
        cut = task.missing[0]
        yield self.session.give_up(f"The list of {cut.part} entries of {issue.key or issue.id} stayed cut: {why}.")
        yield self.complete(self._marked(issue, cut), task.missing[1:], task.created)

    def _marked(self, raw: RawIssue, cut: Truncation) -> RawIssue:
        """Notes on an issue that one of its lists is not all there."""
        self.session.truncated[cut.part] += 1
        return replace(raw, cut=(*raw.cut, cut.part))
