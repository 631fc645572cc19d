"""Rows of what repositories have beside their issues: commits, labels and milestones."""

from __future__ import annotations

from typing import Any

import msgspec

from jira_crawler.redaction.redact import redact
from jira_crawler.store.store import Store
from jira_crawler.tables import reading as read
from jira_crawler.tables.facts import Row


def defined(store: Store, *, redacted: bool) -> dict[str, list[Row]]:
    """Gives the rows of the three tables in a fixed order. Redacted ones say nothing of who made a commit."""
    names: dict[tuple[str, int], str] = {}
    labels: list[Row] = []
    milestones: list[Row] = []
    for site, repository, name, told in store.items_due.repositories():
        names[site, repository] = name
        head = {"site": site, "project": name}
        detail = msgspec.json.decode(told)
        labels += [head | _label(each) for each in read.mappings(detail.get("labels"))]
        milestones += [head | _milestone(each) for each in read.mappings(detail.get("milestones"))]
    commits = [
        {"site": site, "project": names.get((site, repository))} | _commit(payload, redacted=redacted)
        for site, repository, payload in store.items_due.commits()
    ]
    commits.sort(key=lambda row: (row["site"], row["project"] or "", row["committed"] or 0, row["sha"]))
    return {
        "commits": commits,
        "labels": sorted(labels, key=lambda row: (row["site"], row["project"], row["name"] or "")),
        "milestones": sorted(milestones, key=lambda row: (row["site"], row["project"], row["number"] or 0)),
    }


def _label(told: read.Json) -> Row:
    return {name: read.text(told.get(name)) for name in ("name", "description", "color")}


def _milestone(told: read.Json) -> Row:
    return {
        "number": read.whole(told.get("number")),
        "title": read.text(told.get("title")),
        "state": (read.text(told.get("state")) or "").lower() or None,
        "due": read.time(told.get("dueOn")),
        "closed_at": read.time(told.get("closedAt")),
    }


def _commit(payload: bytes, *, redacted: bool) -> Row:
    told: dict[str, Any] = msgspec.json.decode(payload)
    inner = read.mapping(told.get("commit"))
    author, committer = read.mapping(inner.get("author")), read.mapping(inner.get("committer"))
    message = (read.text(inner.get("message")) or "").replace("\0", "\ufffd")
    login = read.text(read.mapping(told.get("author")).get("login"))
    return {
        "sha": read.text(told.get("sha")),
        "message": redact(message)[0] if redacted else message,
        "author": None if redacted else login or read.text(author.get("name")),
        "authored": read.time(author.get("date")),
        "committed": read.time(committer.get("date")),
        "parents": [sha for each in read.mappings(told.get("parents")) if (sha := read.text(each.get("sha")))],
    }
