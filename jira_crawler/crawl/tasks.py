"""The questions of a crawl, and how they are written down; each holds all that is needed to read its answer.

A task that begins with what another one already got (the half-read issue, the place in a window) carries that, so that
whoever is given it, in this process or another, can go on.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated, ClassVar, TypeAlias

import msgspec

from jira_crawler.crawl.attached_tasks import FetchAttachment, FetchRemoteLinks, ListAttachments, ListUnlinked
from jira_crawler.crawl.html_tasks import CountKeys, FetchHtmlIssue, FetchHtmlPanel
from jira_crawler.crawl.isolation_tasks import FetchIssue, Isolate, ListBehind, ListDark, ListMinute, SearchDark
from jira_crawler.crawl.task import FIRST, RestTask, Task, Watermark, plain
from jira_crawler.items import RawIssue
from jira_crawler.trackers.contract import Cursor, Truncation, Window

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
        return f"half {plain(self.window)}"

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
    size: Annotated[int, msgspec.Meta(ge=1)]
    part: int = 0
    within: int = 0
    number: int = 0

    divisible: ClassVar[bool] = True

    @property
    def identity(self) -> str:
        """A place in a window is asked for once, however many issues a process thinks a page can hold by now."""
        return f"page {plain((self.window, self.cursor, self.part))} {self.number}"

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
        return f"list {plain((self.issue.id, cut.part, cut.read, cut.total, mark))}"

    @property
    def watermark(self) -> Watermark:
        return Watermark(self.project, self.created)


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


# --- what changes meanwhile


class RefreshIssue(RestTask, frozen=True, tag=True, kw_only=True):
    """An issue that is said to have changed, or, where `deleted`, to be deleted.

    Where it was not there (`status`), a witness is asked for instead, the last of `witnesses`: another issue of its
    project, of which it is known that it was there. Who said so keeps it, so no frontier does. In a `census` it is a
    pass that asks, and only its project is known.
    """

    id: str
    deleted: bool = False
    census: bool = False
    witnesses: tuple[str, ...] = ()
    status: int = 0
    tries: int = 0

    priority: ClassVar[int] = FIRST


class PollServiceLevels(RestTask, frozen=True, tag=True, kw_only=True):
    """What comes next in a window, of each issue only the `fields` that are service levels, and what tells of a change.

    With `overlay` a second account asks.
    """

    fields: tuple[str, ...]
    window: Window
    cursor: Cursor
    overlay: bool = False

    @property
    def account(self) -> str:
        return "sla" if self.overlay else ""


class AskServiceLevels(RestTask, frozen=True, tag=True, kw_only=True):
    """The `fields` of one issue, where lists tell them as texts."""

    id: str
    fields: tuple[str, ...]
    overlay: bool = False

    @property
    def account(self) -> str:
        return "sla" if self.overlay else ""


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
    | RefreshIssue
    | PollServiceLevels
    | AskServiceLevels
    | RefinePending
    | ListUnlinked
    | FetchRemoteLinks
    | ListAttachments
    | FetchAttachment
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
