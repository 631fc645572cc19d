"""One bad issue does not take its page with it: it is isolated, asked for by itself, then with fewer fields."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from jira_crawler.crawl.completion import Completion
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.isolation_tasks import FetchIssue
from jira_crawler.crawl.listing import Listing
from jira_crawler.crawl.reply import Reply
from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers import paging
from jira_crawler.trackers.contract import IssueStub, Query, Window

logger = logging.getLogger(__name__)
# A hub with thousands of links can be too much for a server where the rest of it is not: it is asked for in two parts.
PARTS = ("*all", "*all,-issuelinks", "issuelinks")


class SingleIssues:
    """Fetches issues by themselves, and says what is missing of those that do not come."""

    def __init__(self, listing: Listing, completion: Completion):
        self.listing, self.completion = listing, completion
        self.session = listing.session

    def handlers(self) -> Handlers:
        return {FetchIssue: Handling(self.query, self.handle)}

    def each(self, issues: Iterable[IssueStub], window: Window, dialect: str) -> Effects:
        """Deals with issues apart from their page, and lets the store know of them before the listing goes on."""
        for issue in issues:
            if not self.listing.take(window.project):
                return
            self.listing.trap(window.project, issue.created)
            task = self.fetch(issue, window.project, dialect, window.start, asked=window.filter)
            if issue.id:
                logger.info("%s is asked for by itself: no page comes with it", issue.key or issue.id)
                yield task
            else:
                yield from self._not_fetched(task, issue, "it is listed without an id")

    def fetch(
        self,
        issue: IssueStub,
        project: str,
        dialect: str,
        floor: int,
        part: int = 0,
        *,
        tries: int = 0,
        asked: str = "",
    ) -> FetchIssue:
        """Asks for an issue by itself; `floor` is where, in ms, a later run must begin to list to meet it again.

        `asked` tells apart the times that it is asked for in one run: by its filter, if the window it is of has one.
        """
        return FetchIssue(
            project=project,
            dialect=dialect,
            id=issue.id,
            key=issue.key,
            created=issue.created,
            payload=bytes(issue.payload).decode("utf-8", "replace"),
            floor=floor,
            part=part,
            tries=tries,
            asked=asked,
            number=self.session.number,
            # The whole of it did not come on a page either: there is no need to try that twice.
            retries=min(part, 1),
        )

    def query(self, task: FetchIssue) -> Query:
        return self.listing.tracker(task.dialect).issue(task.id, PARTS[task.part])

    def handle(self, task: FetchIssue, reply: Reply) -> Effects:
        """Gives on an issue that came by itself, whole or in two parts; what never comes is a reject."""
        project, dialect, floor = task.project, task.dialect, task.floor
        issue = IssueStub(task.id, task.key, task.created, task.payload.encode())
        if reply.status in (404, 410) and not reply.failure:
            return  # deleted meanwhile: for the audit to find out, and no gap of ours
        if reply.trouble and task.part == 0:
            yield self.fetch(issue, project, dialect, floor, 1, asked=task.asked)
            return
        try:
            body, speaks = reply.json_or_raise(), self.listing.tracker(dialect)
            listed = speaks.read_one(body)
            if listed.id != task.id:
                if task.tries + 1 < paging.TRIES:
                    tries = task.tries + 1
                    yield self.fetch(issue, project, dialect, floor, task.part, tries=tries, asked=task.asked)
                    return
                raise Unreadable(f"the tracker gives the issue {listed.id} instead")
            if task.part == 2:
                listed = speaks.read_one(speaks.patch(bytes(issue.payload), body))
        except Unreadable as error:
            self.listing.fell_silent(self.query(task))
            yield from self._not_fetched(task, issue, str(error))
            return
        self.listing.heard()
        if task.part == 1:
            rest = replace(listed, created=task.created)
            yield self.fetch(rest, project, dialect, floor, 2, asked=task.asked)
            return
        if task.part == 2:
            self.listing.trap(project, task.created, came=True)
        self.session.state.listed += 1
        yield self.completion.complete(self.completion.raw(listed, project, dialect), listed.cuts, floor)

    def _not_fetched(self, task: FetchIssue, issue: IssueStub, why: str) -> Effects:
        """Keeps what there is of an issue, says what is missing, and leaves it for the next run to try again."""
        minutes = [paging.floor_minute(issue.created)] if issue.created else []
        sentence = f"{issue.key or issue.id} cannot be fetched: {why}."
        yield from self.listing.leave(sentence, task.project, minutes)
        raw = self.completion.raw(issue, task.project, task.dialect)
        if task.part == 2:  # all but its links
            yield replace(raw, cut=(*raw.cut, "issuelinks"))
        else:
            yield replace(raw, failed=why)
