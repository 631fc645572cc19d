"""A page of issues seen from outside: its envelope, a glance at each issue, and what to add where a list was cut.

The issues stay closed, as bytes, so that a bad one spoils no other and nothing is decoded twice.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw, Struct

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers import deep, names
from jira_crawler.trackers.contract import Cut, Listed
from jira_crawler.trackers.decode import moment

LISTS = {"comment": "comments", "worklog": "worklogs", "changelog": "histories"}


class Embedded(Struct):
    """Any embedded list, for counting only: what came, against what the tracker says there is."""

    total: int | None = None
    comments: list[Raw] | None = None
    worklogs: list[Raw] | None = None
    histories: list[Raw] | None = None

    def cut(self, part: str) -> Cut | None:
        have = len(self.comments or self.worklogs or self.histories or ())
        return Cut(part, have, self.total) if self.total is not None and self.total > have else None


class GlanceFields(Struct):
    created: str | None = None
    comment: Embedded | None = None
    worklog: Embedded | None = None


class Glance(Struct):
    id: str
    key: str = ""
    fields: GlanceFields | None = None
    changelog: Embedded | None = None


class SearchPage(Struct):
    """The envelope of a search of either dialect."""

    issues: list[Raw]
    total: int | None = None
    maxResults: int | None = None  # noqa: N815 - Jira's spelling
    nextPageToken: str | None = None  # noqa: N815 - Jira's spelling
    names: Raw = Raw()


_glance = msgspec.json.Decoder(Glance)
_page = msgspec.json.Decoder(SearchPage)


def read_search(body: bytes) -> SearchPage:
    """Opens the envelope of a search and leaves its issues closed, so that a bad one spoils no other."""
    try:
        return _page.decode(body)
    except msgspec.MsgspecError as error:
        raise Unreadable(f"not a page of issues: {error}") from error
    except RecursionError:
        envelope, issues = deep.split(body)
    try:
        return msgspec.structs.replace(_page.decode(envelope), issues=[Raw(issue) for issue in issues])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreadable(f"not a page of issues: {error}") from error


def listed(page: SearchPage) -> tuple[Listed, ...]:
    """Sees each issue of a page, with the names from its envelope that the issue is read by."""
    known = names.wanted(page.names)
    return tuple(glance(Raw(names.keep(bytes(issue), known))) for issue in page.issues)


def glance(payload: Raw) -> Listed:
    """Sees an issue's id, key, creation time and cut lists; an unreadable issue is seen as one without them."""
    try:
        seen = _glance.decode(payload)
    except (msgspec.MsgspecError, RecursionError):
        return Listed("", "", 0, bytes(payload))
    fields = seen.fields or GlanceFields()
    parts = (("comment", fields.comment), ("worklog", fields.worklog), ("changelog", seen.changelog))
    cuts = tuple(cut for part, embedded in parts if embedded and (cut := embedded.cut(part)))
    created = moment(fields.created)
    return Listed(seen.id, seen.key, int(created.timestamp() * 1000) if created else 0, bytes(payload), cuts)


def read_one(body: bytes) -> Listed:
    """Sees one issue that was asked for by itself, with those of its names that it is read by."""
    seen = glance(Raw(names.cut_down(body)))
    if not seen.id:
        raise Unreadable("an issue without an id")
    return seen


def patch(payload: bytes, body: bytes) -> bytes:
    """Adds the fields of a second answer about an issue to the first, where they are missing or null."""
    try:
        issue, more = msgspec.json.decode(payload), msgspec.json.decode(body)
        issue["fields"] |= {name: value for name, value in more["fields"].items() if value is not None}
    except (msgspec.MsgspecError, LookupError, TypeError, AttributeError) as error:
        raise Unreadable(f"not a part of an issue: {error!r}") from error
    return msgspec.json.encode(issue)


def join(payload: bytes, cut: Cut, body: bytes, within: str) -> tuple[bytes, Cut | None]:
    """Adds the entries of an answer, found under `within`, to an issue's embedded list, by id and oldest first.

    A longer list is never replaced by a shorter one. Gives the cut that is left: None when the list is whole, the
    same cut when the answer brought nothing more to read.
    """
    try:
        answer = msgspec.json.decode(body)
        more = answer[within]
        total = int(answer.get("total") or len(more))
        issue = msgspec.json.decode(payload)
        holder = issue if cut.part == "changelog" else issue["fields"]
        entries = {entry["id"]: entry for entry in (*(holder[cut.part].get(LISTS[cut.part]) or ()), *more)}
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"not a list of {cut.part} entries: {error!r}") from error
    whole = sorted(entries.values(), key=_age)
    read = cut.read + len(more)
    holder[cut.part] |= {
        LISTS[cut.part]: whole,
        "startAt": 0,
        "maxResults": len(whole),
        "total": max(total, len(whole)),
    }
    if len(whole) >= total or read >= total:
        return msgspec.json.encode(issue), None
    return msgspec.json.encode(issue), Cut(cut.part, len(whole), total, read) if more else cut


def _age(entry: dict[str, Any]) -> tuple[str, int, str]:
    return entry.get("created") or entry.get("started") or "", len(entry["id"]), entry["id"]
