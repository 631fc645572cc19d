"""The questions about one bad issue: which it is, when it was created where nothing names it, and the issue itself."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from jira_crawler.crawl.task import FIRST, RestTask, Watermark, plain
from jira_crawler.trackers.contract import Cursor, Window
from jira_crawler.trackers.dark import Search


class Isolate(RestTask, frozen=True, tag=True, kw_only=True):
    """Which issue keeps even a page of one from coming at `cursor`? `size` ids from `look` on may tell.

    `narrow` is that the list is as short as can be, `more` that only what is of the same instant as the one before is
    asked for.
    """

    window: Window
    cursor: Cursor
    look: Cursor
    size: int
    narrow: bool = False
    more: bool = False
    number: int = 0

    priority: ClassVar[int] = FIRST

    @property
    def identity(self) -> str:
        at = self.cursor
        mark = (at.reached, at.since, len(at.recent), at.tries, self.look.tries, self.more, self.number)
        return f"isolate {_place(self.window, self.look, self.size)} {plain(mark)}"

    @property
    def watermark(self) -> Watermark:
        return Watermark(self.window.project, max(self.window.start, self.cursor.since))


class FetchIssue(RestTask, frozen=True, tag=True, kw_only=True):
    """An issue by itself, the whole of it or a `part` (see single_issues.PARTS), with what is known of it so far.

    A later run must begin to list at `floor` (ms) to meet it again. `tries` and the `asked` filter tell apart the times
    that it is asked for in one run.
    """

    id: str
    key: str = ""
    created: int = 0
    payload: str = ""
    floor: int = 0
    part: Annotated[int, Meta(ge=0, le=2)] = 0
    tries: int = 0
    asked: str = ""
    number: int = 0

    priority: ClassVar[int] = FIRST
    once: ClassVar[bool] = True

    @property
    def identity(self) -> str:
        return f"issue {plain((self.id, self.part, self.number, self.tries, self.asked))}"

    @property
    def watermark(self) -> Watermark:
        return Watermark(self.project, self.floor)


class ListMinute(RestTask, frozen=True, tag=True, kw_only=True):
    """The ids of a minute in which there is a bad issue, so that each can be asked for by itself."""

    window: Window
    cursor: Cursor
    size: int
    number: int = 0

    @property
    def identity(self) -> str:
        mark = (self.number, self.cursor.listed, self.cursor.tries)
        return f"minute {_place(self.window, self.cursor, self.size)} {plain(mark)}"


class SearchDark(RestTask, frozen=True, tag=True, kw_only=True):
    """Does anything come from `begin` (ms) on? So the time is narrowed in which even ids do not come."""

    window: Window
    cursor: Cursor
    search: Search
    begin: int
    number: int = 0

    priority: ClassVar[int] = FIRST

    @property
    def identity(self) -> str:
        mark = (self.number, self.search.low, self.search.high, self.cursor.listed)
        return f"dark {_place(self.window, Cursor(since=self.begin), 1)} {plain(mark)}"

    @property
    def watermark(self) -> Watermark:
        return Watermark(self.window.project, max(self.window.start, self.cursor.since))


class ListDark(RestTask, frozen=True, tag=True, kw_only=True):
    """The ids of the narrow time in which something seems to be that nothing names, from `look` on."""

    window: Window
    cursor: Cursor
    look: Cursor
    size: int
    number: int = 0

    priority: ClassVar[int] = FIRST

    @property
    def identity(self) -> str:
        return f"lit {_place(self.window, self.look, self.size)} {plain((self.number, self.look.tries))}"

    @property
    def watermark(self) -> Watermark:
        return Watermark(self.window.project, self.window.start)


class ListBehind(RestTask, frozen=True, tag=True, kw_only=True):
    """The last `size` ids of a narrow time; `comes` of them came already, `fails` did not (0: not known)."""

    window: Window
    cursor: Cursor
    size: int
    comes: int = 0
    fails: int = 0
    number: int = 0

    priority: ClassVar[int] = FIRST

    @property
    def identity(self) -> str:
        mark = (self.number, self.cursor.listed)
        return f"behind {_place(self.window, Cursor(), self.size)} {plain(mark)}"


def _place(window: Window, at: Cursor, size: int) -> str:
    """Says what a list of ids is asked for: two questions with the same address are the same."""
    since = max(window.start, at.since)
    return plain((window.project, window.filter, since, window.end, at.offset, at.token, size))
