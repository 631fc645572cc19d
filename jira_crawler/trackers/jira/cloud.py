"""Jira Cloud, REST v3 (https://developer.atlassian.com/cloud/jira/platform/rest/v3/)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from jira_crawler.exceptions import Unreadable
from jira_crawler.items import Issue, RawIssue
from jira_crawler.trackers import paging, plausibility
from jira_crawler.trackers.contract import AS_IT_IS, Cursor, IssueHead, IssueStub, Page, Query, Truncation, Window
from jira_crawler.trackers.jira import attached, decode, embedded, jql

LISTS = ("fields",)  # arrays in the body of a search; `expand` is one comma list there, too


class _Count(msgspec.Struct):
    count: int


_count = msgspec.json.Decoder(_Count)


@dataclass(frozen=True, slots=True)
class JiraCloud:
    """Speaks to a Jira Cloud at `base`. A search brings the 100 newest comments, 20 worklogs, 40 history entries."""

    base: str
    dialect: str = "cloud"
    tolerance: float = 0.01  # its counts are approximate by name
    lag: int = 12 * 3600_000

    def count(self, window: Window) -> Query:
        """Cloud only estimates: https://developer.atlassian.com/changelog/#CHANGE-2046."""
        body = msgspec.json.encode({"jql": jql.where(window)})
        return Query(f"{self.base}/rest/api/3/search/approximate-count", body=body)

    def read_count(self, body: bytes) -> int:
        try:
            return plausibility.checked_count(_count.decode(body).count)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"not a count: {error}") from error

    def search(self, window: Window, at: Cursor, size: int) -> Query:
        """Names the fields: left alone, Cloud sends nothing but ids."""
        return self._search(window, at, size, fields="*all", expand="changelog,names")

    def listing(self, window: Window, at: Cursor, size: int, *, backwards: bool = False) -> Query:
        return self._search(window, at, size, backwards=backwards, fields="created")

    def columns(self, window: Window, at: Cursor, size: int, fields: Collection[str]) -> Query:
        return self._search(window, at, size, fields=",".join(["created", *fields]))

    def read_page(self, body: bytes) -> Page:
        """`isLast` has been wrong (JRACLOUD-95477), so only the token is read, and its end is not believed either."""
        page = embedded.read_search(body)
        return Page(embedded.listed(page), token=page.nextPageToken or "")

    def issue(self, id_: str, fields: str) -> Query:
        return self._ask(f"issue/{id_}", fields=fields, expand="changelog,names")

    def read_one(self, body: bytes) -> IssueStub:
        return embedded.read_one(body)

    def next_cursor(self, at: Cursor, page: Page) -> Cursor | None:
        return paging.chain(at, page)

    def recover(self, at: Cursor) -> Cursor | None:
        return paging.restart(at)

    def complete(self, issue: str, cut: Truncation) -> Query | None:
        """Comments and history are read from their oldest entry on: the embedded ones are the newest."""
        order = {"orderBy": "created"} if cut.part == "comment" else {}
        size = {"comment": 100, "changelog": 100, "worklog": 5000}[cut.part]
        return self._ask(f"issue/{issue}/{cut.part}", startAt=str(cut.read), maxResults=str(size), **order)

    def remote_links(self, issue: str) -> Query:
        return self._ask(f"issue/{issue}/remotelink")

    def read_remote_links(self, body: bytes) -> bytes:
        return attached.read_remote_links(body)

    def attachment(self, id_: str, name: str) -> Query:
        """Leads on to where the files are, with an address that is good for a while."""
        return Query(f"{self.base}/rest/api/3/attachment/content/{id_}", headers=AS_IT_IS)

    def patch(self, payload: bytes, body: bytes) -> bytes:
        return embedded.patch(payload, body)

    def join(self, payload: bytes, cut: Truncation, body: bytes) -> tuple[bytes, Truncation | None]:
        return embedded.join(payload, cut, body, "values" if cut.part == "changelog" else embedded.LISTS[cut.part])

    def read_issue(self, raw: RawIssue) -> Issue:
        return decode.read_issue(raw)

    def read_head(self, raw: RawIssue) -> IssueHead | None:
        return embedded.head(raw.payload)

    def _search(self, window: Window, at: Cursor, size: int, *, backwards: bool = False, **what: str) -> Query:
        token = {"nextPageToken": at.token} if at.token else {}
        query = jql.ordered(window, at.since, backwards=backwards)
        return self._ask("search/jql", jql=query, maxResults=str(size), **what, **token).short(LISTS)

    def _ask(self, path: str, **params: str) -> Query:
        return Query(f"{self.base}/rest/api/3/{path}", tuple(params.items()))
