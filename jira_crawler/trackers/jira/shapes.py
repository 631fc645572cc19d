# ruff: noqa: N815 - the names are Jira's own
"""Jira's JSON, as far as both dialects share it and we read it.

What a Jira may leave out or send as null has a default; what makes an issue one is required. Custom fields are
known by id, never by name: on issues.apache.org 29 names occur more than once.
"""

from __future__ import annotations

from msgspec import Raw, Struct


class Named(Struct):
    name: str | None = None


class StatusCategory(Struct):
    key: str | None = None


class Status(Struct):
    name: str | None = None
    statusCategory: StatusCategory | None = None


class Project(Struct):
    key: str


class User(Struct):
    displayName: str | None = None
    key: str | None = None
    name: str | None = None
    accountId: str | None = None


class CommentIn(Struct):
    id: str
    body: Raw = Raw()
    author: User | None = None
    created: str | None = None
    updated: str | None = None


class WorklogIn(Struct):
    id: str
    comment: Raw = Raw()
    author: User | None = None
    started: str | None = None
    timeSpentSeconds: int | None = None


class Item(Struct):
    field: str | None = None
    fromString: str | None = None
    toString: str | None = None


class History(Struct):
    id: str
    author: User | None = None
    created: str | None = None
    items: list[Item] | None = None


class Told(Struct):
    summary: str | None = None


class Linked(Struct):
    key: str | None = None
    fields: Told | None = None


class LinkType(Struct):
    name: str | None = None
    inward: str | None = None
    outward: str | None = None


class LinkIn(Struct):
    type: LinkType | None = None
    inwardIssue: Linked | None = None
    outwardIssue: Linked | None = None


class AttachmentIn(Struct):
    id: str
    filename: str | None = None
    size: int | None = None
    mimeType: str | None = None
    created: str | None = None


class Comments(Struct):
    comments: list[CommentIn] | None = None


class Worklogs(Struct):
    worklogs: list[WorklogIn] | None = None


class Changelog(Struct):
    histories: list[History] | None = None


class Fields(Struct):
    summary: str
    created: str
    updated: str | None = None
    resolutiondate: str | None = None
    description: Raw = Raw()
    environment: Raw = Raw()
    project: Project | None = None
    issuetype: Named | None = None
    status: Status | None = None
    priority: Named | None = None
    resolution: Named | None = None
    components: list[Named] | None = None
    labels: list[str] | None = None
    versions: list[Named] | None = None
    fixVersions: list[Named] | None = None
    reporter: User | None = None
    assignee: User | None = None
    parent: Linked | None = None
    subtasks: list[Linked] | None = None
    comment: Comments | None = None
    worklog: Worklogs | None = None
    issuelinks: list[LinkIn] | None = None
    attachment: list[AttachmentIn] | None = None


class Whole(Struct):
    id: str
    key: str
    fields: Fields
    changelog: Changelog | None = None
    names: Raw = Raw()
