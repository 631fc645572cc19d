"""One issue of either dialect, from its JSON to a typed value."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec
from msgspec import Raw

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Attachment, Body, Change, Comment, Issue, Link, Person, RawIssue, Worklog, replace
from jira_crawler.trackers.jira.names import release_notes
from jira_crawler.trackers.jira.original import original
from jira_crawler.trackers.jira.shapes import (
    AttachmentIn,
    Changelog,
    CommentIn,
    Comments,
    History,
    Linked,
    LinkIn,
    LinkType,
    Named,
    Status,
    User,
    Whole,
    Worklogs,
)
from jira_crawler.trackers.moments import moment

KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}-[0-9]{1,18}")
ID = re.compile(r"[0-9]{1,18}")  # what a number of 64 bits holds
# A project's key becomes the name of a file, so it is held to what Jira allows in one.
PROJECT = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
# Bytes of one text as it is sent, and characters of all texts of an issue. Jira's own limit is 32,767 characters a
# text, which some have lifted.
LONGEST_TEXT = 4 * 2**20
LONGEST_TEXTS = 16 * 2**20

_whole = msgspec.json.Decoder(Whole)
_text = msgspec.json.Decoder(str)


def read_issue(raw: RawIssue) -> Issue:
    """Decodes one issue of either dialect, typed; raises Malformed with the place and the reason."""
    try:
        return _read(raw)
    except (ValueError, RecursionError) as error:  # bad UTF-8 is no MsgspecError
        raise Malformed(str(error)) from error


def _read(raw: RawIssue) -> Issue:
    whole = _whole.decode(raw.payload)
    fields, created = whole.fields, moment(whole.fields.created)
    project = (fields.project.key if fields.project else "") or whole.key.rpartition("-")[0]
    if not ID.fullmatch(whole.id):
        raise Malformed(f"id {whole.id!r:.40} is not a number")
    if not KEY.fullmatch(whole.key) or not PROJECT.fullmatch(project):
        raise Malformed(f"{whole.key!r:.40} is not an issue key, or {project!r:.40} not a project key")
    if project.upper() != whole.key.rpartition("-")[0].upper():
        raise Malformed(f"{whole.key!r:.40} is no key of the project {project!r:.40}")
    if created is None:
        raise Malformed(f"created is not a date: {fields.created!r:.40}")
    issue = Issue(
        site=raw.site,
        id=whole.id,
        key=whole.key,
        project=project.upper(),
        url=f"{raw.base_url}/browse/{whole.key}",
        title=fields.summary,
        description=body(fields.description),
        environment=body(fields.environment),
        issue_type=_name(fields.issuetype),
        status=_name(fields.status),
        status_category=_category(fields.status),
        priority=_name(fields.priority),
        resolution=_name(fields.resolution),
        components=_names(fields.components),
        labels=tuple(fields.labels or ()),
        versions=_names(fields.versions),
        fix_versions=_names(fields.fixVersions),
        created=created,
        updated=moment(fields.updated) or created,
        resolved=moment(fields.resolutiondate),
        reporter=_person(fields.reporter),
        assignee=_person(fields.assignee),
        parent=(fields.parent.key or "") if fields.parent else "",
        subtasks=tuple(subtask.key for subtask in fields.subtasks or () if subtask.key),
        comments=_comments(fields.comment),
        changes=_changes(whole.changelog),
        worklogs=_worklogs(fields.worklog),
        links=tuple(link for each in fields.issuelinks or () for link in _links(each)),
        attachments=tuple(_attachment(each) for each in fields.attachment or ()),
        release_note=next(map(body, release_notes(raw.payload, whole.names)), None),
        cut=raw.cut,
        raw=raw,
    )
    _hold_to_size(issue)
    return replace(issue, original=original(issue))


def _hold_to_size(issue: Issue) -> None:
    """Raises Malformed for more text than people write about one thing."""
    bodies = (issue.description, issue.environment, issue.release_note)
    others = (*(comment.body for comment in issue.comments), *(worklog.body for worklog in issue.worklogs))
    sizes = [len(body.source) for body in (*bodies, *others) if body]
    if (total := sum(sizes)) > LONGEST_TEXTS:
        raise Malformed(f"texts of {total:,} characters together, more than {LONGEST_TEXTS:,}")


def body(raw: Raw) -> Body | None:
    """Takes a text as it is sent: a JSON string is wiki markup (v2), an object is an ADF document (v3).

    Raises Malformed for one that no person wrote: it would be in memory many times over while it is refined.
    """
    if (size := memoryview(raw).nbytes) > LONGEST_TEXT:
        raise Malformed(f"a text of {size:,} bytes, more than {LONGEST_TEXT:,}")
    source = bytes(raw)
    if source in (b"", b"null"):
        return None
    if source.startswith(b"{"):
        return Body(source.decode(), "adf")
    try:
        return Body(_text.decode(source), "wiki")
    except msgspec.MsgspecError as error:
        raise Malformed(f"a text is neither a string nor a document: {error}") from error


def _name(named: Named | Status | None) -> str:
    return (named.name or "") if named else ""


def _names(named: list[Named] | None) -> tuple[str, ...]:
    return tuple(each.name for each in named or () if each.name)


def _category(status: Status | None) -> str:
    return (status.statusCategory.key or "") if status and status.statusCategory else ""


def _age(entry: CommentIn | History) -> tuple[str, int, str]:
    """Orders entries by time: servers differ, and Cloud sends history newest first and the rest oldest first."""
    return entry.created or "", len(entry.id), entry.id


def _person(user: User | None) -> Person | None:
    if user is None:
        return None
    return _known(user.accountId or user.key or user.name or "", user.displayName or "", user.name or "")


# The same few people write all comments and changes; two that are one value are compared and hashed at no cost.
_known = lru_cache(maxsize=4096)(Person)


def _comments(embedded: Comments | None) -> tuple[Comment, ...]:
    return tuple(
        Comment(
            id=each.id,
            body=body(each.body) or Body("", "wiki"),
            author=_person(each.author),
            created=moment(each.created),
            updated=moment(each.updated),
        )
        for each in sorted((embedded.comments if embedded else None) or (), key=_age)
    )


def _changes(log: Changelog | None) -> tuple[Change, ...]:
    entries = sorted((log.histories if log else None) or (), key=_age)
    return tuple(
        Change(
            id=entry.id,
            field=item.field or "",
            before=item.fromString or "",
            after=item.toString or "",
            author=_person(entry.author),
            created=moment(entry.created),
        )
        for entry in entries
        for item in entry.items or ()
    )


def _worklogs(embedded: Worklogs | None) -> tuple[Worklog, ...]:
    return tuple(
        Worklog(
            id=each.id,
            body=body(each.comment),
            author=_person(each.author),
            started=moment(each.started),
            seconds=each.timeSpentSeconds or 0,
        )
        for each in (embedded.worklogs if embedded else None) or ()
    )


def _links(each: LinkIn) -> list[Link]:
    kind = each.type or LinkType()
    ends = ((each.outwardIssue, kind.outward, True), (each.inwardIssue, kind.inward, False))
    return [
        Link(type=kind.name or "", relation=phrase or "", key=end.key, outward=outward, title=_title(end))
        for end, phrase, outward in ends
        if end and end.key
    ]


def _title(end: Linked) -> str:
    return (end.fields.summary or "") if end.fields else ""


def _attachment(each: AttachmentIn) -> Attachment:
    return Attachment(
        id=each.id,
        name=each.filename or "",
        size=each.size or 0,
        media_type=each.mimeType or "",
        created=moment(each.created),
    )
