"""One bad issue does not take its page with it: it is singled out, asked for by itself, then with fewer fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import msgspec
from scrapy import Request
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.frontier import FLOOR, MARK, ONCE
from jira_crawler.items import RawIssue
from jira_crawler.spiders.completing import FIRST, Output
from jira_crawler.spiders.darkness import LOOK_AHEAD, Darkness, read, told
from jira_crawler.trackers import walk
from jira_crawler.trackers.contract import Cursor, IssueStub, Window

# A hub with thousands of links can be too much for a server where the rest of it is not: it is asked for in two parts.
PARTS = ("*all", "*all,-issuelinks", "issuelinks")
# So many silent questions may be one issue's fault: what comes next need not wait for a site that is down for a moment.
FEW = 2
MANY = 100  # issues of one minute, which are not asked for one by one


class Singling(Darkness):
    """A spider that walks on past an issue with which no page will come."""

    next_page: Callable[..., Request]
    not_answered: Callable[[str], None]
    take: Callable[[str], bool]
    refusal: Callable[[Response, str], str]

    # --- who is it

    def single_out(
        self,
        slice_: Window,
        at: Cursor,
        dialect: str,
        look: Cursor | None = None,
        *,
        narrow: bool = False,
        more: bool = False,
    ) -> Request:
        """Asks which issue it is that keeps even a page of one from coming: by a list of ids, short or even shorter.

        `more` asks whether there are more of the instant of the one that was dealt with last.
        """
        here = look or _afresh(at, max(at.since, at.reached))
        # Where the first list brought nothing new, all of the minute are to be stepped over.
        since = walk.floor_minute(here.since) if look else here.since
        known = sum(created >= since for _, created in at.recent) - here.offset if narrow else len(at.recent)
        question = self.tracker(dialect).listing(slice_, here, max(known, 0) + (1 if narrow else LOOK_AHEAD))
        kept = told(slice_, at, dialect) | {"look": msgspec.to_builtins(here), "narrow": narrow, "more": more}
        mark = f"single {self.session} {at.reached} {at.since} {len(at.recent)} {at.tries} {here.tries} {more}"
        meta: dict[str, Any] = {FLOOR: [slice_.project, max(slice_.start, at.since)], MARK: mark}
        if len(self.silent) <= FEW:  # others come: there is no need to be patient
            meta["max_retry_times"] = 1
        return self.ask(question, self.singled_out, meta, **kept).replace(priority=FIRST)

    def singled_out(
        self,
        response: Response,
        slice_: dict[str, Any],
        at: dict[str, Any],
        dialect: str,
        look: dict[str, Any],
        narrow: bool = False,
        more: bool = False,
    ) -> Output:
        """Asks for the first issue that is not listed yet by itself, and walks on behind it."""
        walked, position, here = read(slice_, at, look, Cursor)
        try:
            if why := self.missing(response):
                raise Unreadable(why)
            if response.status != 200:
                refused = self.refusal(response, walked.project)
                self.give_up(response, f"A part of {walked.project} was not listed. {refused}")
                return
            page = self.tracker(dialect).read_page(response.body)
        except Unreadable as error:
            if self.fell_silent(response):
                self.give_up(response, f"A part of {walked.project} was not listed: {error}.")
            elif narrow:
                yield from self.into_the_dark(walked, position, dialect)
            else:
                yield self.single_out(walked, position, dialect, narrow=True, more=more)
            return
        self.heard()
        step = self.step(walked, here, page, dialect)
        to_the_minute = any(0 < issue.created < here.since for issue in page.issues)  # so does it read bounds
        if not step.fresh:  # the tracker may give fewer at once than were created in this very minute
            if step.onward:
                yield self.single_out(walked, position, dialect, step.onward, narrow=narrow, more=more)
            elif step.wrong:
                self.give_up(response, f"A part of {walked.project} was not listed: {step.wrong}.")
                self.not_answered(step.wrong)
            return
        self.blamed()
        first = step.fresh[0].created
        if more and first > (
            walk.floor_minute(position.reached) + walk.MINUTE - 1 if to_the_minute else position.reached
        ):
            yield self.go_on(walked, _afresh(position, first), dialect, narrow=narrow)
            return
        found, end = walk.beside(step.fresh, all_there=not step.onward and not step.wrong)
        yield from self.each_by_itself(
            response, found, replace(walked, start=max(walked.start, position.since)), dialect
        )
        behind = walk.passed(position, found, end)
        if walked.end and behind.since >= walked.end:
            return
        if not end or (end % walk.MINUTE and to_the_minute):  # a page from there on would meet it again
            yield self.single_out(walked, behind, dialect, narrow=narrow, more=True)
        else:
            yield self.go_on(walked, behind, dialect, narrow=narrow)

    def go_on(self, slice_: Window, at: Cursor, dialect: str, *, narrow: bool = False) -> Request:
        """Walks on in pages; within a minute that is known to be bad by lists of ids, unless there are too many."""
        if 0 < slice_.end - slice_.start <= walk.MINUTE and at.listed < MANY:
            return self.single_out(slice_, at, dialect, narrow=narrow)
        return self.next_page(slice_, at, dialect)

    # --- by itself

    def each_by_itself(self, response: Response, issues: Iterable[IssueStub], slice_: Window, dialect: str) -> Output:
        """Deals with issues apart from their page, and lets the store know of them before the walk goes on."""
        for issue in issues:
            if not self.take(slice_.project):
                return
            self.trap(slice_.project, issue.created)
            if issue.id:
                self.logger.info("%s is asked for by itself: no page comes with it", issue.key or issue.id)
                yield self.alone(issue, slice_.project, dialect, slice_.start, asked=slice_.filter)
            else:
                why = "it is listed without an id"
                yield from self.not_fetched(response, issue, slice_.project, dialect, why, 0)

    def alone(
        self,
        issue: IssueStub,
        project: str,
        dialect: str,
        floor: int,
        part: int = 0,
        *,
        tries: int = 0,
        asked: str = "",
    ) -> Request:
        """Asks for an issue by itself; `floor` is where, in ms, a later run must begin to list to meet it again.

        `asked` tells apart the times that it is asked for in one run: by its filter, if the slice it is of has one.
        """
        kept: dict[str, Any] = {"id_": issue.id, "key": issue.key, "project": project, "dialect": dialect}
        question = self.tracker(dialect).issue(issue.id, PARTS[part])
        # The whole of it did not come on a page either: there is no need to try that twice.
        meta: dict[str, Any] = {"max_retry_times": min(part, 1), ONCE: True, FLOOR: [project, floor]}
        meta[MARK] = f"alone {self.session} {tries} {asked}"
        payload = bytes(issue.payload).decode("utf-8", "replace")
        kept |= {"floor": floor, "part": part, "payload": payload, "tries": tries}
        request = self.ask(question, self.came_alone, meta, **kept, created=issue.created, asked=asked)
        return request.replace(priority=FIRST)

    def came_alone(
        self,
        response: Response,
        id_: str,
        key: str,
        project: str,
        dialect: str,
        floor: int,
        part: int,
        payload: str,
        tries: int = 0,
        created: int = 0,
        asked: str = "",
    ) -> Output:
        """Gives on an issue that came by itself, whole or in two parts; what never comes is a reject."""
        issue = IssueStub(id_, key, created, payload.encode())
        why = self.trouble(response)
        if response.status in (404, 410):
            return  # deleted meanwhile: for verifying to find out, and no gap of ours
        if why and part == 0:
            yield self.alone(issue, project, dialect, floor, 1, asked=asked)
            return
        try:
            if why:
                raise Unreadable(why)
            speaks = self.tracker(dialect)
            listed = speaks.read_one(response.body)
            if listed.id != id_:
                if tries + 1 < walk.TRIES:
                    yield self.alone(issue, project, dialect, floor, part, tries=tries + 1, asked=asked)
                    return
                raise Unreadable(f"the tracker gives the issue {listed.id} instead")
            if part == 2:
                listed = speaks.read_one(speaks.patch(bytes(issue.payload), response.body))
        except Unreadable as error:
            self.fell_silent(response)
            yield from self.not_fetched(response, issue, project, dialect, str(error), part)
            return
        self.heard()
        if part == 1:
            yield self.alone(replace(listed, created=created), project, dialect, floor, 2, asked=asked)
            return
        if part == 2:
            self.trap(project, created, came=True)
        self.state["listed"] = self.state.get("listed", 0) + 1
        yield self.whole(self.raw(listed, project, dialect), listed.cuts, floor)

    def not_fetched(
        self, response: Response, issue: IssueStub, project: str, dialect: str, why: str, part: int
    ) -> list[RawIssue | Request]:
        """Keeps what there is of an issue, says what is missing, and leaves it for the next run to try again."""
        minutes = [walk.floor_minute(issue.created)] if issue.created else []
        self.leave(response, f"{issue.key or issue.id} cannot be fetched: {why}.", project, minutes)
        raw = self.raw(issue, project, dialect)
        if part == 2:  # all but its links
            return [replace(raw, cut=(*raw.cut, "issuelinks"))]
        return [replace(raw, failed=why)]


def _afresh(at: Cursor, since: int) -> Cursor:
    return replace(at, since=since, offset=0, token="", marks=(), tries=0, idle=0)
