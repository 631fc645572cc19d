"""Finds out which issue it is with which no page comes: by lists of ids, which are light, around the place."""

from __future__ import annotations

from dataclasses import replace

from jira_crawler.crawl.dark_search import DarkSearch
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.isolation_tasks import Isolate, ListMinute
from jira_crawler.crawl.listing import LOOK_AHEAD, Listing, afresh
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.single_issues import SingleIssues
from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers import paging
from jira_crawler.trackers.contract import Query


class Isolation:
    """Asks for the first issue that is not listed yet by itself, and goes on behind it."""

    def __init__(self, listing: Listing, singles: SingleIssues, dark: DarkSearch):
        self.listing, self.singles, self.dark = listing, singles, dark
        self.session = listing.session

    def handlers(self) -> Handlers:
        return {
            Isolate: Handling(self.query, self.handle),
            ListMinute: Handling(self.query_minute, self.handle_minute),
        }

    def query(self, task: Isolate) -> Query:
        return self.listing.tracker(task.dialect).listing(task.window, task.look, task.size)

    def handle(self, task: Isolate, reply: Reply) -> Effects:
        window, at, dialect, narrow = task.window, task.cursor, task.dialect, task.narrow
        try:
            if reply.failure:
                raise Unreadable(reply.failure.reason)
            if reply.status != 200:
                refused = self.listing.refusal(reply, window.project)
                yield self.session.give_up(f"A part of {window.project} was not listed. {refused}")
                return
            page = self.listing.tracker(dialect).read_page(reply.body)
        except Unreadable as error:
            if self.listing.fell_silent(self.query(task)):
                yield self.listing.not_listed(window.project, error)
            elif narrow:
                yield from self.dark.search(window, at, dialect)
            else:
                yield self.listing.isolate(window, at, dialect, narrow=True, more=task.more)
            return
        self.listing.heard()
        step = self.listing.step(window, task.look, page, dialect)
        to_the_minute = any(0 < issue.created < task.look.since for issue in page.issues)  # so does it read bounds
        if not step.fresh:  # the tracker may give fewer at once than were created in this very minute
            if step.onward:
                yield self.listing.isolate(window, at, dialect, step.onward, narrow=narrow, more=task.more)
            elif step.wrong:
                yield from self.listing.not_answered(window.project, step.wrong)
            return
        self.listing.blamed()
        first = step.fresh[0].created
        instant_ends = paging.floor_minute(at.reached) + paging.MINUTE - 1 if to_the_minute else at.reached
        if task.more and first > instant_ends:
            yield self.listing.go_on(window, afresh(at, first), dialect, narrow=narrow)
            return
        found, end = paging.beside(step.fresh, all_there=not step.onward and not step.wrong)
        yield from self.singles.each(found, replace(window, start=max(window.start, at.since)), dialect)
        behind = paging.passed(at, found, end)
        if window.end and behind.since >= window.end:
            return
        if not end or (end % paging.MINUTE and to_the_minute):  # a page from there on would meet it again
            yield self.listing.isolate(window, behind, dialect, narrow=narrow, more=True)
        else:
            yield self.listing.go_on(window, behind, dialect, narrow=narrow)

    # --- a minute that is known to be bad

    def query_minute(self, task: ListMinute) -> Query:
        return self.listing.tracker(task.dialect).listing(task.window, task.cursor, task.size)

    def handle_minute(self, task: ListMinute, reply: Reply) -> Effects:
        """Asks for each issue of a short list by itself; what is long, or does not come, is listed in pages."""
        window, at, dialect = task.window, task.cursor, task.dialect
        try:
            page = self.listing.tracker(dialect).read_page(reply.json_or_raise())
        except Unreadable:  # as it did in the run before
            yield self.listing.isolate(window, at, dialect, narrow=True)
            return
        self.listing.heard()
        step = self.listing.step(window, at, page, dialect)
        yield from self.singles.each(step.fresh, window, dialect)
        if step.onward and step.onward.listed < LOOK_AHEAD:
            yield self.listing.minute(window, step.onward, dialect)
        elif step.onward:
            yield self.listing.next_page(window, step.onward, dialect)
        elif step.wrong:
            yield from self.listing.not_answered(window.project, step.wrong)
