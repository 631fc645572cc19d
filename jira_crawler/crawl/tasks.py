"""The questions of a crawl through the REST search, and the union of all there are.

Each holds all that is needed to ask it and to read its answer.

A task that begins with what another one already got (the half-read issue, the place in a window) carries that, so that
whoever is given it, in this process or another, can go on.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import ClassVar, TypeAlias

import msgspec

from jira_crawler.crawl.html_tasks import CountKeys, FetchHtmlIssue, FetchHtmlPanel
from jira_crawler.crawl.task import FIRST, Task, Watermark
from jira_crawler.items import RawIssue
from jira_crawler.trackers.contract import Cursor, Truncation, Window
from jira_crawler.trackers.dark import Search


class RestTask(Task, frozen=True, kw_only=True):
    """A question in one dialect of the REST API."""

    dialect: str = ""


# --- what is there


class Probe(Task, frozen=True, tag=True, kw_only=True):
    """Who is the site?"""


class CountProject(RestTask, frozen=True, tag=True, kw_only=True):
    """How many issues has a project? Without an answer it is not begun."""

    filter: str = ""


class SplitWindow(RestTask, frozen=True, tag=True, kw_only=True):
    """How many of the issues of a window, `count` of them, are in its first half?"""

    window: Window
    halves: tuple[Window, Window]
    count: int

    priority: ClassVar[int] = FIRST

    @property
    def identity(self) -> str:
        return f"half {_plain(self.window)}"

    @property
    def watermark(self) -> Watermark:
        return Watermark(self.window.project, self.window.start)


# --- the pages of a window


class FetchPage(RestTask, frozen=True, tag=True, kw_only=True):
    """What comes next in a window, `size` issues of it.

    `part` is that size where a larger page did not come, else 0, and the first `within` issues are those with which it
    did not. `number` tells one process' question from another's where what changed is asked for, and is 0 elsewhere.
    """

    window: Window
    cursor: Cursor
    size: int
    part: int = 0
    within: int = 0
    number: int = 0

    divisible: ClassVar[bool] = True

    @property
    def identity(self) -> str:
        """A place in a window is asked for once, however many issues a process thinks a page can hold by now."""
        return f"page {_plain((self.window, self.cursor, self.part))} {self.number}"

    @property
    def watermark(self) -> Watermark:
        return Watermark(self.window.project, max(self.window.start, self.cursor.since))


class CompleteList(RestTask, frozen=True, tag=True, kw_only=True):
    """The next entries of the first list that is `missing` entries in an issue, created in `created` (ms) or later."""

    issue: RawIssue
    missing: tuple[Truncation, ...]
    created: int

    priority: ClassVar[int] = FIRST

    @property
    def identity(self) -> str:
        """The same list of the same issue is asked for again when the issue has changed."""
        cut, mark = self.missing[0], blake2b(self.issue.payload, digest_size=8).hexdigest()
        return f"list {_plain((self.issue.id, cut.part, cut.read, cut.total, mark))}"

    @property
    def watermark(self) -> Watermark:
        return Watermark(self.project, self.created)


# --- one bad issue


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
        return f"isolate {_place(self.window, self.look, self.size)} {_plain(mark)}"

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
    part: int = 0
    tries: int = 0
    asked: str = ""
    number: int = 0

    priority: ClassVar[int] = FIRST
    once: ClassVar[bool] = True

    @property
    def identity(self) -> str:
        return f"issue {_plain((self.id, self.part, self.number, self.tries, self.asked))}"

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
        return f"minute {_place(self.window, self.cursor, self.size)} {_plain(mark)}"


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
        return f"dark {_place(self.window, Cursor(since=self.begin), 1)} {_plain(mark)}"

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
        return f"lit {_place(self.window, self.look, self.size)} {_plain((self.number, self.look.tries))}"

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
        return f"behind {_place(self.window, Cursor(), self.size)} {_plain(mark)}"


# --- the proof


class Recount(RestTask, frozen=True, tag=True, kw_only=True):
    """How many issues were there `before` (ms) the crawl? As many should be here."""

    filter: str = ""
    before: int


class ListIds(RestTask, frozen=True, tag=True, kw_only=True):
    """The ids of a project, to compare them with those that are here."""

    window: Window
    cursor: Cursor


class CheckIssue(RestTask, frozen=True, tag=True, kw_only=True):
    """An issue that is `listed` and not here, or here and not listed."""

    id: str
    key: str = ""
    listed: bool = False
    tries: int = 0


class RefinePending(Task, frozen=True, tag=True, kw_only=True):
    """What is stored and not refined yet; nobody is asked for it."""

    asks: ClassVar[bool] = False


AnyTask: TypeAlias = (
    Probe
    | CountProject
    | SplitWindow
    | FetchPage
    | CompleteList
    | Isolate
    | FetchIssue
    | ListMinute
    | SearchDark
    | ListDark
    | ListBehind
    | Recount
    | ListIds
    | CheckIssue
    | RefinePending
    | CountKeys
    | FetchHtmlIssue
    | FetchHtmlPanel
)

_decoder: msgspec.json.Decoder[AnyTask] = msgspec.json.Decoder(AnyTask)


def encode(task: Task) -> bytes:
    """Writes a task down as tagged JSON."""
    return msgspec.json.encode(task)


def decode(data: bytes) -> AnyTask:
    """Reads a task back; raises ValueError for what is none: it may come from where others write."""
    try:
        return _decoder.decode(data)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _plain(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _place(window: Window, at: Cursor, size: int) -> str:
    """Says what a list of ids is asked for: two questions with the same address are the same."""
    since = max(window.start, at.since)
    return _plain((window.project, window.filter, since, window.end, at.offset, at.token, size))
