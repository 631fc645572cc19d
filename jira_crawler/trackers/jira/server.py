"""Jira Server and Data Center, REST v2 (https://developer.atlassian.com/server/jira/platform/rest/)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from jira_crawler.exceptions import Unreadable
from jira_crawler.items import Issue, RawIssue
from jira_crawler.trackers import paging, plausibility
from jira_crawler.trackers.contract import AS_IT_IS, Cursor, IssueHead, IssueStub, Page, Query, Truncation, Window
from jira_crawler.trackers.jira import attached, decode, embedded, jql

LISTS = ("fields", "expand")  # arrays in the body of a search


@dataclass(frozen=True, slots=True)
class JiraServer:
    """Speaks to a Jira Server at `base`. A search brings whole issues, but for worklogs beyond the oldest 20."""

    base: str
    dialect: str = "server"
    tolerance: float = 0.0
    lag: int = 5 * 60_000  # an index is behind by seconds, clocks by minutes

    def count(self, window: Window) -> Query:
        return self._ask("search", jql=jql.where(window), maxResults="0").short(LISTS)

    def read_count(self, body: bytes) -> int:
        total = embedded.read_search(body).total
        if total is None:
            raise Unreadable("a search without a total")
        return plausibility.checked_count(total)

    def search(self, window: Window, at: Cursor, size: int) -> Query:
        return self._search(window, at, size, fields="*all", expand="changelog,names")

    def listing(self, window: Window, at: Cursor, size: int, *, backwards: bool = False) -> Query:
        return self._search(window, at, size, backwards=backwards, fields="created")

    def columns(self, window: Window, at: Cursor, size: int, fields: Collection[str]) -> Query:
        return self._search(window, at, size, fields=",".join(["created", *fields]))

    def read_page(self, body: bytes) -> Page:
        page = embedded.read_search(body)
        return Page(embedded.listed(page), page.total, page.maxResults or 0)

    def issue(self, id_: str, fields: str) -> Query:
        return self._ask(f"issue/{id_}", fields=fields, expand="changelog,names")

    def read_one(self, body: bytes) -> IssueStub:
        return embedded.read_one(body)

    def next_cursor(self, at: Cursor, page: Page) -> Cursor | None:
        return paging.keyset(at, page)

    def recover(self, at: Cursor) -> Cursor | None:
        return None

    def complete(self, issue: str, cut: Truncation) -> Query | None:
        """There is no door to a longer changelog here: Data Center answers 404."""
        if cut.part == "comment":
            size = cut.total or embedded.LONGEST
            return self._ask(f"issue/{issue}/comment", startAt=str(cut.read), maxResults=str(size))
        return self._ask(f"issue/{issue}/worklog") if cut.part == "worklog" else None

    def remote_links(self, issue: str) -> Query:
        return self._ask(f"issue/{issue}/remotelink")

    def read_remote_links(self, body: bytes) -> bytes:
        return attached.read_remote_links(body)

    def attachment(self, id_: str, name: str) -> Query:
        """There is no address without a name here; what the name is matters to nobody."""
        return Query(f"{self.base}/secure/attachment/{id_}/{attached.segment(name)}", headers=AS_IT_IS)

    def patch(self, payload: bytes, body: bytes) -> bytes:
        return embedded.patch(payload, body)

    def join(self, payload: bytes, cut: Truncation, body: bytes) -> tuple[bytes, Truncation | None]:
        return embedded.join(payload, cut, body, embedded.LISTS[cut.part])

    def read_issue(self, raw: RawIssue) -> Issue:
        return decode.read_issue(raw)

    def read_head(self, raw: RawIssue) -> IssueHead | None:
        return embedded.head(raw.payload)

    def _search(self, window: Window, at: Cursor, size: int, *, backwards: bool = False, **what: str) -> Query:
        offset = {"startAt": str(at.offset)} if at.offset else {}
        query = jql.ordered(window, at.since, backwards=backwards)
        return self._ask("search", jql=query, maxResults=str(size), **what, **offset).short(LISTS)

    def _ask(self, path: str, **params: str) -> Query:
        return Query(f"{self.base}/rest/api/2/{path}", tuple(params.items()))
