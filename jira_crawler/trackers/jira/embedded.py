"""A page of issues seen from outside: its envelope, a glance at each issue, and what to add where a list was cut.

The issues stay closed, as bytes, so that a bad one spoils no other and nothing is decoded twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec
from msgspec import Raw, Struct

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.contract import IssueHead, IssueStub, Truncation
from jira_crawler.trackers.jira import names
from jira_crawler.trackers.jira.decode import ID, KEY, PROJECT
from jira_crawler.trackers.moments import moment

LISTS = {"comment": "comments", "worklog": "worklogs", "changelog": "histories"}
LONGEST = 1_000_000  # entries of a list; a total beyond it is nonsense
# Answers that one list may take; an honest one has a hundred entries in each, and soon more than so few on average.
PATIENCE, FEW = 500, 20
UNDECODABLE = (ValueError, RecursionError)  # bad UTF-8 is no MsgspecError
# Strings are skipped whole: a bracket inside one is text.
_MARK = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class Entry(Struct):
    id: str


class Embedded(Struct):
    """Any embedded list, for counting only: what came, each entry once, against what the tracker says there is."""

    total: Raw = Raw(b"null")
    comments: list[Entry] | None = None
    worklogs: list[Entry] | None = None
    histories: list[Entry] | None = None

    def cut(self, part: str) -> Truncation | None:
        have = len({entry.id for entry in self.comments or self.worklogs or self.histories or ()})
        if bytes(self.total) == b"null":
            return None
        total = counted(self.total)
        return Truncation(part, have, total or 0) if total is None or total > have else None


class GlanceFields(Struct):
    created: str | None = None
    comment: Embedded | None = None
    worklog: Embedded | None = None


class Glance(Struct):
    id: str
    key: str = ""
    fields: GlanceFields | None = None
    changelog: Embedded | None = None


class HeadProject(Struct):
    key: str


class HeadFields(Struct):
    created: str
    updated: str | None = None
    project: HeadProject | None = None


class HeadIn(Struct):
    id: str
    key: str
    fields: HeadFields


class SearchPage(Struct):
    """The envelope of a search of either dialect."""

    issues: list[Raw]
    total: int | None = None
    maxResults: int | None = None  # noqa: N815 - Jira's spelling
    nextPageToken: str | None = None  # noqa: N815 - Jira's spelling
    names: Raw = Raw()


_glance = msgspec.json.Decoder(Glance)
_head = msgspec.json.Decoder(HeadIn)
_page = msgspec.json.Decoder(SearchPage)
_list = msgspec.json.Decoder(Embedded)
_parts = msgspec.json.Decoder(dict[str, Raw])
_text = msgspec.json.Decoder(str)
_number = msgspec.json.Decoder(int)


def read_search(body: bytes) -> SearchPage:
    """Opens the envelope of a search and leaves its issues closed, so that a bad one spoils no other."""
    try:
        return _page.decode(body)
    except ValueError as error:
        raise Unreadable(f"not a page of issues: {error}") from error
    except RecursionError:
        envelope, issues = _split(body)
    try:
        return msgspec.structs.replace(_page.decode(envelope), issues=[Raw(issue) for issue in issues])
    except UNDECODABLE as error:
        raise Unreadable(f"not a page of issues: {error}") from error


def listed(page: SearchPage) -> tuple[IssueStub, ...]:
    """Sees each issue of a page, with the names from its envelope that the issue is read by."""
    known = names.wanted(page.names)
    return tuple(glance(names.keep(bytes(issue), known) if known else issue) for issue in page.issues)


def glance(payload: bytes | Raw) -> IssueStub:
    """Sees an issue's id, key, creation time and cut lists; where some of that is malformed, the rest of it."""
    try:
        seen = _glance.decode(payload)
    except UNDECODABLE:
        seen = _salvaged(payload)
    fields = seen.fields or GlanceFields()
    parts = (("comment", fields.comment), ("worklog", fields.worklog), ("changelog", seen.changelog))
    cuts = tuple(cut for part, embedded in parts if embedded and (cut := embedded.cut(part)))
    id_, key = seen.id if ID.fullmatch(seen.id) else "", seen.key if KEY.fullmatch(seen.key) else ""
    created = moment(fields.created)
    # A list is completed by the issue's id.
    return IssueStub(id_, key, int(created.timestamp() * 1000) if created else 0, payload, cuts if id_ else ())


def head(payload: bytes) -> IssueHead | None:
    """Sees what a row says of an issue, as `decode.read_issue` would; None where it has to be looked at whole."""
    try:
        seen = _head.decode(payload)
    except UNDECODABLE:
        return None
    prefix = seen.key.rpartition("-")[0]
    project = (seen.fields.project.key if seen.fields.project else "") or prefix
    created = moment(seen.fields.created)
    if not (created and ID.fullmatch(seen.id) and KEY.fullmatch(seen.key) and PROJECT.fullmatch(project)):
        return None
    if project.upper() != prefix.upper():
        return None
    updated = moment(seen.fields.updated) or created
    return IssueHead(project.upper(), seen.key, int(created.timestamp() * 1000), int(updated.timestamp() * 1000))


def read_one(body: bytes) -> IssueStub:
    """Sees one issue that was asked for by itself, with those of its names that it is read by."""
    seen = glance(names.cut_down(body))
    if not seen.id:
        raise Unreadable("an issue without an id")
    return seen


def patch(payload: bytes, body: bytes) -> bytes:
    """Adds the fields of a second answer about an issue to the first, where they are missing or null."""
    try:
        issue, more = _parts.decode(payload), _parts.decode(_parts.decode(body)["fields"])
        fields = _parts.decode(issue["fields"])
    except (*UNDECODABLE, LookupError) as error:
        raise Unreadable(f"not a part of an issue: {error!r}") from error
    fields |= {name: value for name, value in more.items() if bytes(value) != b"null"}
    return msgspec.json.encode(issue | {"fields": fields})


def join(payload: bytes, cut: Truncation, body: bytes, within: str) -> tuple[bytes, Truncation | None]:
    """Adds the entries of an answer, found under `within`, to an issue's embedded list, by id and oldest first.

    A longer list is never replaced by a shorter one. Gives the cut that is left: None when as many different entries
    are here as are counted, the same cut when the answer brought nothing more to read. The rest of the issue stays
    closed. Raises Unreadable for entries that are none.
    """
    try:
        answer, issue = _parts.decode(body), _parts.decode(payload)
        holder = issue if cut.part == "changelog" else _parts.decode(issue["fields"])
        embedded = _parts.decode(holder[cut.part])
        here = embedded.get(LISTS[cut.part], Raw(b"null"))
        more, had = _entries(answer[within]), _entries(here if bytes(here) != b"null" else Raw(b"[]"))
    except (*UNDECODABLE, LookupError, TypeError) as error:
        raise Unreadable(f"not a list of {cut.part} entries: {error!r}") from error
    told = answer.get("total", Raw(b"null"))
    total = len(more) if bytes(told) == b"null" else counted(told)
    if total is None:
        raise Unreadable(f"not a list of {cut.part} entries: its total is no number of entries")
    entries = had | more
    whole = [entry.raw for entry in sorted(entries.values(), key=_age)]
    length = {"startAt": 0, "maxResults": len(whole), "total": max(total, len(whole))}
    holder[cut.part] = Raw(msgspec.json.encode(embedded | {LISTS[cut.part]: whole} | length))
    if holder is not issue:
        issue["fields"] = Raw(msgspec.json.encode(holder))
    left = Truncation(cut.part, len(whole), total, cut.read + len(more), cut.asked + 1)
    if len(whole) >= total:
        return msgspec.json.encode(issue), None
    goes_on = len(entries) > len(had) and left.asked < (PATIENCE if left.read >= left.asked * FEW else FEW)
    return msgspec.json.encode(issue), left if goes_on else cut


def counted(told: Raw | bytes) -> int | None:
    """Reads how many there are of something; None if that is no number, or one that no list can have."""
    try:
        total = _number.decode(told)
    except UNDECODABLE:
        return None
    return total if 0 <= total <= LONGEST else None


def _salvaged(payload: bytes | Raw) -> Glance:
    """Sees what can be seen of an issue that is malformed somewhere; its reader refuses a list that is none."""
    issue = _opened(payload)
    fields = _opened(issue.get("fields", Raw()))
    return Glance(
        _said(issue.get("id")),
        _said(issue.get("key")),
        GlanceFields(_said(fields.get("created")), _listed(fields.get("comment")), _listed(fields.get("worklog"))),
        _listed(issue.get("changelog")),
    )


def _opened(value: Raw | bytes) -> dict[str, Raw]:
    try:
        return _parts.decode(value)
    except UNDECODABLE:
        return {}


def _said(value: Raw | None) -> str:
    try:
        return _text.decode(value or b"null")
    except UNDECODABLE:
        return ""


def _listed(value: Raw | None) -> Embedded | None:
    try:
        return _list.decode(value or b"null")
    except UNDECODABLE:
        return None


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a list, closed but for what it is ordered by."""

    id: str
    when: str
    raw: Raw


class _Dated(Struct):
    id: str
    created: str | None = None
    started: str | None = None


_entry = msgspec.json.Decoder(_Dated)
_closed = msgspec.json.Decoder(list[Raw])


def _entries(value: Raw) -> dict[str, _Entry]:
    """Opens the entries of a list by id; raises ValueError for one without an id, or with dates that are none."""
    found = {}
    for raw in _closed.decode(value):
        seen = _entry.decode(raw)
        if not seen.id:
            raise ValueError("an entry without an id")
        found[seen.id] = _Entry(seen.id, seen.created or seen.started or "", raw)
    return found


def _age(entry: _Entry) -> tuple[str, int, str]:
    return entry.when, len(entry.id), entry.id


def _split(body: bytes) -> tuple[bytes, list[bytes]]:
    """Opens a page that holds an issue nested too deeply for the decoder, so that the others on it can be read.

    Every JSON decoder at hand stops at some hundreds of levels; a document of Cloud's can have more. Takes the elements
    of the top-level list `issues` out of a search's answer, in one pass without recursion.

    Gives the envelope with that list empty, and the elements as bytes; an envelope of b"" if there is no such list.
    """
    depth, name, began, opened = 0, b"", -1, -1
    elements: list[bytes] = []
    for mark in _MARK.finditer(body):
        text = mark[0]
        if text[:1] == b'"':
            name = text if depth == 1 else name
        elif text in b"[{":
            depth += 1
            if depth == 2 and text == b"[" and name == b'"issues"' and opened < 0:
                opened = mark.end()
            elif depth == 3 and opened >= 0 and began < 0:
                began = mark.start()
        else:
            depth -= 1
            if depth == 2 and began >= 0:
                elements.append(body[began : mark.end()])
                began = -1
            elif depth == 1 and opened >= 0:
                return body[:opened] + body[mark.start() :], elements
    return b"", []
