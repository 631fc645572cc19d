"""An issue that nothing names, not even a list of ids: the minute in which it was created is found, and told.

What is known of a bad issue is kept in the store before the walk goes on, so that a later run does not meet it again on
a page.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
from scrapy import Request
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.frontier import FLOOR, MARK
from jira_crawler.sentences import printable
from jira_crawler.spiders.arguments import Wanted
from jira_crawler.spiders.completing import FIRST, Completing, Output
from jira_crawler.trackers import sane, walk
from jira_crawler.trackers.contract import Cursor, Window
from jira_crawler.trackers.dark import Search

# More than any overlap of an ordinary walk; enough to find the next issue behind what is listed already.
LOOK_AHEAD = 20
# So many different questions in a row without anything new from the site are no issue's fault: the site is not there.
ENOUGH = 30
T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Darkness(Completing):
    """A spider that knows when it hears nothing, and finds out where in time that is.

    Where the walk goes on, and what becomes of an issue that is found, is for the spiders above it to say.
    """

    wanted: Wanted
    go_on: Callable[..., Request]
    blamed: Callable[[], None]
    step: Callable[..., sane.Step]  # what of a page answers the question
    each_by_itself: Callable[..., Output]

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.silent: set[tuple[str, bytes]] = set()  # questions that got no answer since anything new came at all
        self.trapped: set[str] = set()  # of the faults those that the next run asks after by itself
        self._began = int(time.time() * 1000)

    @property
    def session(self) -> int:
        """What tells this process' questions from those of another; a fleet asks them once together."""
        return self.run if self.shared else self._began

    def fell_silent(self, response: Response) -> bool:
        """Counts a question that got no answer; tells whether the site seems to be gone."""
        asked = response.request
        self.silent.add((asked.url, asked.body) if asked is not None else (response.url, b""))
        return len(self.silent) >= ENOUGH

    def heard(self) -> None:
        """Notes that something new came."""
        self.silent.clear()

    def trap(self, project: str, created: int, *, came: bool = False) -> None:
        """Lets the store know that an issue is dealt with apart from its page, and whether it came, if in parts."""
        if created:
            run, minute = (self.session if came else 0), walk.floor_minute(created)
            self.dataset.store.traps.save(self.site.name, project, minute, run, lacking=not came)

    def leave(self, response: Response, sentence: str, project: str, minutes: Iterable[int]) -> None:
        """Notes something that is missing; the next run asks for its minute by itself, or for the same again."""
        known = list(minutes)
        for minute in known:
            self.dataset.store.traps.save(self.site.name, project, minute, self.session, lacking=True)
        if not known or self.shared or self.wanted.limit:  # a fleet shows what failed, and a limit walks no minutes
            self.give_up(response, sentence)
        else:
            self.fault(sentence)
            self.trapped.add(printable(sentence))

    def into_the_dark(self, slice_: Window, at: Cursor, dialect: str) -> Output:
        """Begins to search for the minute of an issue that keeps even a list of ids from coming."""
        low = max(slice_.start, at.since, at.reached, 0)
        high = max(slice_.end or walk.floor_minute(self.run), walk.floor_minute(low)) + (
            0 if slice_.end else walk.MINUTE
        )
        yield from self.probe(slice_, at, dialect, Search(low, high))

    def probe(self, slice_: Window, at: Cursor, dialect: str, search: Search) -> Output:
        """Asks for what comes after a time; once that is narrow, for what is in it, and walks on before and behind."""
        begin = search.probe()
        if begin is not None:
            kept = told(slice_, at, dialect) | {"search": msgspec.to_builtins(search), "begin": begin}
            mark = f"dark {self.session} {search.low} {search.high} {at.listed}"
            # It is asked once only: others come meanwhile, and what is found is asked for again in the end.
            meta = {FLOOR: [slice_.project, max(slice_.start, at.since)], MARK: mark, "max_retry_times": 0}
            question = self.tracker(dialect).listing(slice_, Cursor(since=begin), 1)
            yield self.ask(question, self.probed, meta, **kept).replace(priority=FIRST)
            return
        self.blamed()
        again = replace(at, offset=0, token="", marks=(), tries=0, idle=0)
        yield self.light(replace(slice_, start=max(slice_.start, search.low), end=search.high), again, dialect, again)
        if search.low > max(slice_.start, at.since, at.reached):
            yield self.go_on(replace(slice_, end=search.low), again, dialect)
        if not slice_.end or search.high < slice_.end:
            yield self.go_on(replace(slice_, start=search.high), Cursor(), dialect)

    def probed(
        self,
        response: Response,
        slice_: dict[str, Any],
        at: dict[str, Any],
        dialect: str,
        search: dict[str, Any],
        begin: int,
    ) -> Output:
        """Learns from a question for what comes after a time, and asks the next one."""
        walked, position, sought = read(slice_, at, search, Search)
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            sought = sought.came(begin, self.tracker(dialect).read_page(response.body))
            self.heard()
        except Unreadable as error:
            if self.fell_silent(response):
                self.give_up(response, f"A part of {walked.project} was not listed: {error}.")
                return
            sought = sought.failed(begin)
        yield from self.probe(walked, position, dialect, sought)

    def light(self, slice_: Window, at: Cursor, dialect: str, look: Cursor) -> Request:
        """Asks for the ids of a narrow time in which something seems to be that nothing names."""
        known = sum(created >= walk.floor_minute(slice_.start) for _, created in at.recent)
        question = self.tracker(dialect).listing(slice_, look, known + LOOK_AHEAD)
        kept = told(slice_, at, dialect) | {"look": msgspec.to_builtins(look)}
        meta = {FLOOR: [slice_.project, slice_.start], "max_retry_times": 1, MARK: f"lit {self.session} {look.tries}"}
        return self.ask(question, self.lit, meta, **kept).replace(priority=FIRST)

    def lit(
        self, response: Response, slice_: dict[str, Any], at: dict[str, Any], dialect: str, look: dict[str, Any]
    ) -> Output:
        """Names the minute in which something is that nobody names; takes what comes of it."""
        inside, position, here = read(slice_, at, look, Cursor)
        minutes = range(walk.floor_minute(inside.start), inside.end, walk.MINUTE)
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            page = self.tracker(dialect).read_page(response.body)
            self.heard()
            step = self.step(inside, here, page, dialect)
            if step.wrong and not step.onward:
                raise Unreadable(step.wrong)
        except Unreadable as error:
            if self.fell_silent(response):
                self.give_up(response, f"A part of {inside.project} was not listed: {error}.")
                return
            said = f"A part of {inside.project} was not listed, {_between(minutes)}: {error}."
            self.leave(response, said, inside.project, minutes)
            yield self.behind(inside, position, dialect, 0, 0)
            return
        yield from self.each_by_itself(response, step.fresh, inside, dialect)
        if step.onward:  # it may be further on
            yield self.light(inside, position, dialect, step.onward)

    def behind(self, slice_: Window, at: Cursor, dialect: str, comes: int, fails: int) -> Request:
        """Asks, backwards from the end of a narrow time, for as many ids as come: the neighbours of what does not.

        So many `comes` came already, and so many `fails` did not; 0 while that is not known.
        """
        size = (comes + fails) // 2 if fails else max(2 * comes, 1)
        question = self.tracker(dialect).listing(slice_, Cursor(), size, backwards=True)
        kept = told(slice_, at, dialect) | {"comes": comes, "fails": fails, "size": size}
        meta = {"max_retry_times": 0, MARK: f"behind {self.session} {at.listed}"}
        return self.ask(question, self.seen_behind, meta, **kept).replace(priority=FIRST)

    def seen_behind(
        self,
        response: Response,
        slice_: dict[str, Any],
        at: dict[str, Any],
        dialect: str,
        comes: int,
        fails: int,
        size: int,
    ) -> Output:
        """Asks for each of these neighbours by itself, and for as many more as there may be."""
        inside, position = msgspec.convert(slice_, Window), msgspec.convert(at, Cursor)
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            page = self.tracker(dialect).read_page(response.body)
            self.heard()
        except Unreadable:
            fails = size
        else:
            comes = size
            fresh = self.step(inside, replace(position, since=0), page, dialect).fresh
            yield from self.each_by_itself(response, fresh, inside, dialect)
            position = walk.passed(position, fresh, 0)
            if len(page.issues) < size:
                return
        if (fails and fails - comes > 1) or (not fails and comes < LOOK_AHEAD):
            yield self.behind(inside, position, dialect, comes, fails)


def told(slice_: Window, at: Cursor, dialect: str) -> dict[str, Any]:
    """Writes down where a walk stands, for the callback of a question about it."""
    return {"slice_": msgspec.to_builtins(slice_), "at": msgspec.to_builtins(at), "dialect": dialect}


def _between(minutes: range) -> str:
    """Says when something was created, as far as it can be told."""
    first, end = (_EPOCH + timedelta(milliseconds=ms) for ms in (minutes[0], minutes[-1] + walk.MINUTE))
    return f"created between {first:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} UTC"


def read(slice_: dict[str, Any], at: dict[str, Any], more: dict[str, Any], kind: type[T]) -> tuple[Window, Cursor, T]:
    """Reads it again, with something of another kind."""
    return msgspec.convert(slice_, Window), msgspec.convert(at, Cursor), msgspec.convert(more, kind)
