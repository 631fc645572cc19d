"""What issues say in passing of statuses and projects, for those that only name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import orjson

from jira_crawler.exceptions import Malformed
from jira_crawler.items import RawIssue
from jira_crawler.store.catalogue import Entry
from jira_crawler.tables import reading as read
from jira_crawler.tables.extract import StoredIssue
from jira_crawler.trackers import PAGE, reader
from jira_crawler.trackers.github.reading import DIALECT as GITHUB

Learnt = dict[tuple[str, str, str], Entry]


class _Fields(msgspec.Struct):
    status: Any = None
    project: Any = None
    parent: Any = None
    subtasks: Any = None
    issuelinks: Any = None


class _Issue(msgspec.Struct):
    fields: _Fields


_issue = msgspec.json.Decoder(_Issue)


def learn(issues: Iterable[StoredIssue], learnt: Learnt) -> None:
    """Notes what issues say of the statuses that they and their neighbours are in, and of their projects."""
    join(learnt, (entry for issue in issues for entry in _said(issue)))


def join(learnt: Learnt, entries: Iterable[Entry]) -> None:
    """Adds what was learnt elsewhere: of one thing the last word counts, as it does in the catalogue."""
    for entry in entries:
        key = entry.site, entry.kind, entry.id
        known = learnt.get(key)
        if known is None or (known.said, known.name + known.detail) < (entry.said, entry.name + entry.detail):
            learnt[key] = entry


def _said(issue: StoredIssue) -> Iterator[Entry]:
    if not issue.payload:
        return
    if issue.dialect == PAGE:
        yield from _of_a_page(issue)
        return
    if issue.dialect == GITHUB:
        yield from _of_a_repository(issue)
        return
    try:
        fields = _issue.decode(issue.payload).fields
    except (ValueError, RecursionError):
        return
    links = read.mappings(fields.issuelinks)
    near = [fields.parent, *read.mappings(fields.subtasks)]
    near += [link.get(end) for link in links for end in ("inwardIssue", "outwardIssue")]
    for status in (fields.status, *(read.mapping(read.mapping(each).get("fields")).get("status") for each in near)):
        yield from _status(issue, read.mapping(status))
    project = read.mapping(fields.project)
    if key := read.text(project.get("key")):
        about = {"id": read.text(project.get("id")), "type": read.text(project.get("projectTypeKey"))}
        detail = orjson.dumps(about, option=orjson.OPT_SORT_KEYS).decode()
        yield Entry(issue.site, "project", key.upper(), _clean(read.name(project) or ""), _clean(detail), issue.since)


def _status(issue: StoredIssue, status: read.Json) -> Iterator[Entry]:
    id_, name = read.text(status.get("id")), read.name(status)
    if id_ or name:
        category = read.text(read.mapping(status.get("statusCategory")).get("key")) or ""
        yield Entry(
            issue.site, "status", _clean(id_ or _by(name or "")), _clean(name or ""), _clean(category), issue.since
        )


def _of_a_page(issue: StoredIssue) -> Iterator[Entry]:
    """A page shows no ids: a status is known by its name."""
    raw = RawIssue(
        site=issue.site,
        base_url=issue.base_url,
        dialect=issue.dialect,
        project=issue.project,
        id=str(issue.number),
        key=issue.key,
        payload=issue.payload,
        fetched_at=datetime.fromtimestamp(issue.since / 1000, UTC),
    )
    try:
        shown = reader(issue.dialect, issue.base_url).read_issue(raw)
    except (Malformed, RecursionError):
        return
    if shown.status:
        yield Entry(
            issue.site, "status", _clean(_by(shown.status)), _clean(shown.status), shown.status_category, issue.since
        )


def _of_a_repository(issue: StoredIssue) -> Iterator[Entry]:
    """There are two statuses, known by name; a project is a repository."""
    for name, category in (("open", "new"), ("closed", "done")):
        yield Entry(issue.site, "status", _by(name), name, category, 0)
    detail = orjson.dumps({"id": str(issue.number // 10**8), "type": "repository"}, option=orjson.OPT_SORT_KEYS)
    yield Entry(issue.site, "project", issue.project, issue.project, detail.decode(), issue.since)


def _by(name: str) -> str:
    return f"={name.casefold()}"


def _clean(text: str) -> str:
    """Leaves out what no database takes."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
