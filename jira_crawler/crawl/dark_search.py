"""An issue that nothing names, not even a list of ids: the minute in which it was created is found, and told.

What is known of a bad issue is kept in the store before the listing goes on, so that a later run does not meet it again
on a page.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.isolation_tasks import ListBehind, ListDark, SearchDark
from jira_crawler.crawl.listing import LOOK_AHEAD, Listing
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.single_issues import SingleIssues
from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers import paging
from jira_crawler.trackers.contract import Cursor, Query, Window
from jira_crawler.trackers.dark import Search

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DarkSearch:
    """Searches in time, first from where the listing stands, then in what turned out to be narrow, then backwards."""

    def __init__(self, listing: Listing, singles: SingleIssues):
        self.listing, self.singles = listing, singles
        self.session = listing.session

    def handlers(self) -> Handlers:
        return {
            SearchDark: Handling(self.query_search, self.handle_search),
            ListDark: Handling(self.query_list, self.handle_list),
            ListBehind: Handling(self.query_behind, self.handle_behind),
        }

    def search(self, window: Window, at: Cursor, dialect: str) -> Effects:
        """Begins to search for the minute of an issue that keeps even a list of ids from coming."""
        low = max(window.start, at.since, at.reached, 0)
        high = max(window.end or paging.floor_minute(self.session.state.run), paging.floor_minute(low))
        yield from self._narrow(window, at, dialect, Search(low, high + (0 if window.end else paging.MINUTE)))

    def _narrow(self, window: Window, at: Cursor, dialect: str, search: Search) -> Effects:
        """Asks for what comes after a time; once that is narrow, for what is in it, and goes on before and behind."""
        begin = search.probe()
        if begin is not None:
            yield SearchDark(
                project=window.project,
                dialect=dialect,
                window=window,
                cursor=at,
                search=search,
                begin=begin,
                number=self.session.number,
                # It is asked once only: others come meanwhile, and what is found is asked for again in the end.
                retries=0,
            )
            return
        self.listing.blamed()
        again = replace(at, offset=0, token="", marks=(), tries=0, idle=0)
        inside = replace(window, start=max(window.start, search.low), end=search.high)
        yield self._list(inside, again, dialect, again)
        if search.low > max(window.start, at.since, at.reached):
            yield self.listing.go_on(replace(window, end=search.low), again, dialect)
        if not window.end or search.high < window.end:
            yield self.listing.go_on(replace(window, start=search.high), Cursor(), dialect)

    def query_search(self, task: SearchDark) -> Query:
        return self.listing.tracker(task.dialect).listing(task.window, Cursor(since=task.begin), 1)

    def handle_search(self, task: SearchDark, reply: Reply) -> Effects:
        """Learns from a question for what comes after a time, and asks the next one."""
        try:
            page = self.listing.tracker(task.dialect).read_page(reply.json_or_raise())
            search = task.search.came(task.begin, page)
            self.listing.heard()
        except Unreadable as error:
            if self.listing.fell_silent(self.query_search(task)):
                yield self.listing.not_listed(task.window.project, error)
                return
            search = task.search.failed(task.begin)
        yield from self._narrow(task.window, task.cursor, task.dialect, search)

    # --- what is in it

    def _list(self, inside: Window, at: Cursor, dialect: str, look: Cursor) -> ListDark:
        """Asks for the ids of a narrow time in which something seems to be that nothing names."""
        known = sum(created >= paging.floor_minute(inside.start) for _, created in at.recent)
        return ListDark(
            project=inside.project,
            dialect=dialect,
            window=inside,
            cursor=at,
            look=look,
            size=known + LOOK_AHEAD,
            number=self.session.number,
            retries=1,
        )

    def query_list(self, task: ListDark) -> Query:
        if (
            task.window.end - task.window.start > paging.MINUTE
        ):  # others wrote it; the store is told each of its minutes
            raise LookupError("its time is not narrow")
        return self.listing.tracker(task.dialect).listing(task.window, task.look, task.size)

    def handle_list(self, task: ListDark, reply: Reply) -> Effects:
        """Names the minute in which something is that nobody names; takes what comes of it."""
        inside, at, dialect = task.window, task.cursor, task.dialect
        minutes = range(paging.floor_minute(inside.start), inside.end, paging.MINUTE)
        try:
            page = self.listing.tracker(dialect).read_page(reply.json_or_raise())
            self.listing.heard()
            step = self.listing.step(inside, task.look, page, dialect)
            if step.wrong and not step.onward:
                raise Unreadable(step.wrong)
        except Unreadable as error:
            if self.listing.fell_silent(self.query_list(task)):
                yield self.listing.not_listed(inside.project, error)
                return
            said = f"A part of {inside.project} was not listed, {_between(minutes)}: {error}."
            yield from self.listing.leave(said, inside.project, minutes)
            yield self._behind(inside, at, dialect, 0, 0)
            return
        yield from self.singles.each(step.fresh, inside, dialect)
        if step.onward:  # it may be further on
            yield self._list(inside, at, dialect, step.onward)

    # --- its neighbours

    def _behind(self, inside: Window, at: Cursor, dialect: str, comes: int, fails: int) -> ListBehind:
        """Asks, backwards from the end of a narrow time, for as many ids as come: the neighbours of what does not.

        So many `comes` came already, and so many `fails` did not; 0 while that is not known.
        """
        return ListBehind(
            project=inside.project,
            dialect=dialect,
            window=inside,
            cursor=at,
            comes=comes,
            fails=fails,
            size=(comes + fails) // 2 if fails else max(2 * comes, 1),
            number=self.session.number,
            retries=0,
        )

    def query_behind(self, task: ListBehind) -> Query:
        return self.listing.tracker(task.dialect).listing(task.window, Cursor(), task.size, backwards=True)

    def handle_behind(self, task: ListBehind, reply: Reply) -> Effects:
        """Asks for each of these neighbours by itself, and for as many more as there may be."""
        inside, at, dialect, comes, fails = task.window, task.cursor, task.dialect, task.comes, task.fails
        try:
            page = self.listing.tracker(dialect).read_page(reply.json_or_raise())
            self.listing.heard()
        except Unreadable:
            fails = task.size
        else:
            comes = task.size
            fresh = self.listing.step(inside, replace(at, since=0), page, dialect).fresh
            yield from self.singles.each(fresh, inside, dialect)
            at = paging.passed(at, fresh, 0)
            if len(page.issues) < task.size:
                return
        if (fails and fails - comes > 1) or (not fails and comes < LOOK_AHEAD):
            yield self._behind(inside, at, dialect, comes, fails)


def _between(minutes: range) -> str:
    """Says when something was created, as far as it can be told."""
    first, end = (_EPOCH + timedelta(milliseconds=ms) for ms in (minutes[0], minutes[-1] + paging.MINUTE))
    return f"created between {first:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} UTC"
