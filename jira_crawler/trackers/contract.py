"""What every dialect offers, and the values that pass between a dialect and whoever does the asking."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

import msgspec

from jira_crawler.items import Issue, RawIssue

# Characters of an address that everybody on the way takes: servers and proxies stop at 4 or 8 KiB, headers included.
LONGEST = 2_000
NUMBERS = ("startAt", "maxResults")


@dataclass(frozen=True, slots=True)
class Query:
    """One question to a tracker, not yet sent: a GET, or with a body a POST of JSON; `headers` are its own."""

    url: str
    params: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"

    @property
    def address(self) -> str:
        return f"{self.url}?{urlencode(self.params)}" if self.params else self.url

    def short(self, lists: Collection[str]) -> Query:
        """Gives a search as it is, or, with an address too long to be sent, the same one as a POST of JSON.

        `lists` are the parameters that a body holds as arrays where an address holds a comma list.
        """
        if len(self.address) <= LONGEST:
            return self
        told = {
            name: value.split(",") if name in lists else int(value) if name in NUMBERS else value
            for name, value in self.params
        }
        return Query(self.url, body=msgspec.json.encode(told), headers=self.headers)


# A file comes as it is: what packs it would have to be unpacked on its way to the disk.
AS_IT_IS = (("Accept", "*/*"), ("Accept-Encoding", "identity"))


@dataclass(frozen=True, slots=True)
class Truncation:
    """An embedded list that is shorter than the tracker says: `have` of `total` entries are here.

    `read` counts the entries that its own address has given so far, in `asked` answers; reading starts at the oldest.
    A `total` of 0 is one that no list has: how long it is, its own address must say.
    """

    part: str
    have: int
    total: int
    read: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class IssueStub:
    """An issue as a page shows it: enough to page on and to see what is missing; empty where unreadable.

    `created` is in epoch milliseconds, 0 if unknown; `payload` is the issue's JSON, untouched; as long as
    nobody takes it, it is a view of the page that it came on.
    """

    id: str
    key: str
    created: int
    payload: bytes | msgspec.Raw
    cuts: tuple[Truncation, ...] = ()


class IssueHead(NamedTuple):
    """What a row says of an issue that nobody has looked at any closer; dates in epoch milliseconds."""

    project: str
    key: str
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class Page:
    """What one search brought: `total` where the tracker tells it, `size` the page size it allowed (0: unknown)."""

    issues: tuple[IssueStub, ...]
    total: int | None = None
    size: int = 0
    token: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a project's life by creation time, in epoch milliseconds: start ≤ created < end; end 0 is open."""

    project: str
    filter: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where in a slice a listing stands; plain enough to be written down and taken up by another process.

    `since` is the lower bound that is asked for, `offset` and `token` lead on from there: `offset` counts what was
    shown from there on. `reached` is the latest creation time met; `recent` holds (name, created) of what has been
    listed at or just before it, so that an overlap can be dropped. `listed` counts the issues of the whole listing,
    `strange` those of other projects. `marks` are the tokens and pages met since the last question without a token,
    `found` counts the new issues since then, `idle` the empty pages in a row; `tries` says how often this question was
    asked again because of its answers.
    """

    since: int = 0
    offset: int = 0
    token: str = ""
    reached: int = 0
    recent: tuple[tuple[str, int], ...] = ()
    marks: tuple[str, ...] = ()
    found: int = 0
    tries: int = 0
    idle: int = 0
    listed: int = 0
    strange: int = 0


class Reader(Protocol):
    """How what was stored of an issue is read again; raises Malformed with the reason."""

    @property
    def dialect(self) -> str: ...

    def read_issue(self, raw: RawIssue) -> Issue: ...

    def read_head(self, raw: RawIssue) -> IssueHead | None:
        """Sees what a row says of an issue without reading it; None where that cannot be seen so."""


class Tracker(Reader, Protocol):
    """How a tracker speaks. Pure: values in, values out. Raises Unreadable for an answer that is no such answer."""

    @property
    def tolerance(self) -> float:
        """The share by which a count may be off and still be right."""

    @property
    def lag(self) -> int:
        """By how many milliseconds a search may be behind an edit, clocks that differ included."""

    def count(self, window: Window) -> Query: ...

    def read_count(self, body: bytes) -> int: ...

    def search(self, window: Window, at: Cursor, size: int) -> Query: ...

    def listing(self, window: Window, at: Cursor, size: int, *, backwards: bool = False) -> Query:
        """Asks like `search`, but only for ids, keys and creation times: light where a full page is too heavy.

        `backwards` begins with what was created last.
        """

    def columns(self, window: Window, at: Cursor, size: int, fields: Collection[str]) -> Query:
        """Asks like `search`, but only for some fields of each issue, its creation time among them."""

    def read_page(self, body: bytes) -> Page: ...

    def issue(self, id_: str, fields: str) -> Query:
        """Asks for one issue by its id, with these fields (`*all`, `-x` to leave one out)."""

    def read_one(self, body: bytes) -> IssueStub:
        """Reads one issue that was asked for by itself; raises Unreadable if it has no id."""

    def next_cursor(self, at: Cursor, page: Page) -> Cursor | None:
        """Says where to go on after a page, or None at the proven end of the slice; `plausibility.step` asks it."""

    def recover(self, at: Cursor) -> Cursor | None:
        """Says where to take up a listing whose question was refused (a stale token), or None if that is no help."""

    def complete(self, issue: str, cut: Truncation) -> Query | None:
        """Asks for what a cut list lacks, given the issue's id; None where this dialect has no such door."""

    def remote_links(self, issue: str) -> Query:
        """Asks for an issue's links to elsewhere, given its id."""

    def read_remote_links(self, body: bytes) -> bytes:
        """Reads such an answer, and gives the links as JSON that is the same for the same links."""

    def attachment(self, id_: str, name: str) -> Query:
        """Asks for what is in a file, by its id; the name is for servers that want one in the address."""

    def patch(self, payload: bytes, body: bytes) -> bytes:
        """Adds the fields of a second answer about an issue to the first."""

    def join(self, payload: bytes, cut: Truncation, body: bytes) -> tuple[bytes, Truncation | None]:
        """Adds an answer of `complete` to an issue; gives the cut still left, the same one if nothing more came."""
