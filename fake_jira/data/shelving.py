"""A whole issue → what the sandbox keeps of it, its lists cut as Jira cuts them; and back again."""

from __future__ import annotations

from typing import Any

import orjson

from fake_jira.data.dates import instant
from fake_jira.data.stored import NOTHING, Embedding, Stored

_EMBEDDED = (("comment", "comments"), ("worklog", "worklogs"))
_seen: dict[tuple[str, ...], tuple[str, ...]] = {}


def shelve(issue: dict[str, Any], base: str, embedding: Embedding) -> Stored:
    """A whole issue (every comment, worklog and change in it) → the bytes to serve, its lists cut as Jira cuts them."""
    fields = issue["fields"]
    project, _, number = issue["key"].rpartition("-")
    address = f"{base}/rest/api/{embedding.api}/issue/{issue['id']}"
    full: dict[str, bytes] = {}
    comments, worklogs = _cut_comments(fields, embedding, address, full), _cut_worklogs(fields, embedding, full)
    changelog, changes = _changelog(issue, embedding, full)
    if issue.get("remotelinks"):
        full["remotelinks"] = _bytes(issue["remotelinks"])
    return Stored(
        id=int(issue["id"]),
        key=issue["key"],
        project=project,
        number=int(number),
        created=instant(fields.get("created")),
        updated=instant(fields.get("updated")),
        summary=str(fields.get("summary") or ""),
        facets=_facets(fields),
        head=f'"id":"{issue["id"]}","self":"{address}","key":"{issue["key"]}"'.encode(),
        fields=_bytes(fields),
        changelog=changelog,
        full_lists=full or NOTHING,
        comment_ids=tuple(int(comment["id"]) for comment in comments),
        worklogs=worklogs,
        changes=changes,
        files=tuple(
            (int(each["id"]), int(each.get("size") or 0))
            for each in fields.get("attachment") or ()
            if str(each.get("id")).isdigit()
        ),
        remote_links=tuple(int(each["id"]) for each in issue.get("remotelinks") or () if "id" in each),
        copy_of=issue.get("copy_of", 0),
    )


def unshelve(issue: Stored) -> dict[str, Any]:
    """Every comment, worklog and change is in it again, so that it can be changed and shelved anew."""
    fields = orjson.loads(issue.fields)
    for name, items in _EMBEDDED:
        if isinstance(fields.get(name), dict):
            fields[name] = {items: _full(issue, items, fields[name][items])}
    histories = _full(issue, "histories", orjson.loads(issue.changelog)["histories"])
    return {
        "id": str(issue.id),
        "key": issue.key,
        "fields": fields,
        "changelog": {"histories": histories},
        "remotelinks": _full(issue, "remotelinks", []),
        "copy_of": issue.copy_of,
    }


def _full(issue: Stored, name: str, embedded: list[Any]) -> list[Any]:
    if name not in issue.full_lists:
        return embedded
    found: list[Any] = orjson.loads(issue.full_lists[name])
    return found


def _bytes(value: Any) -> bytes:
    """A copy of the exact size: what orjson returns keeps hold of a larger buffer, a third of all memory here."""
    return memoryview(orjson.dumps(value)).tobytes()


def _cut_comments(fields: dict[str, Any], embedding: Embedding, address: str, full: dict[str, bytes]) -> list[Any]:
    if not isinstance(fields.get("comment"), dict):
        return []
    comments: list[Any] = fields["comment"]["comments"]
    kept = comments if embedding.comments is None else comments[-embedding.comments :]
    if len(kept) < len(comments):
        full["comments"] = _bytes(comments)
    where = {} if embedding.comments is None else {"self": f"{address}/comment"}
    fields["comment"] = {"comments": kept, **where, "maxResults": len(kept), "total": len(comments), "startAt": 0}
    return comments


def _cut_worklogs(fields: dict[str, Any], embedding: Embedding, full: dict[str, bytes]) -> int:
    if not isinstance(fields.get("worklog"), dict):
        return 0
    worklogs = fields["worklog"]["worklogs"]
    if len(worklogs) > embedding.worklogs:
        full["worklogs"] = _bytes(worklogs)
    fields["worklog"] = {
        "startAt": 0,
        "maxResults": embedding.worklogs,
        "total": len(worklogs),
        "worklogs": worklogs[: embedding.worklogs],
    }
    return len(worklogs)


def _changelog(issue: dict[str, Any], embedding: Embedding, full: dict[str, bytes]) -> tuple[bytes, int]:
    histories = (issue.get("changelog") or {}).get("histories") or []
    shown = histories[::-1] if embedding.newest_change_first else histories
    if embedding.newest_change_first and histories:
        full["histories"] = _bytes(histories)
    shown = shown[: embedding.changes]
    embedded = {"startAt": 0, "maxResults": len(shown), "total": len(histories), "histories": shown}
    return _bytes(embedded), len(histories)


def _facets(fields: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    status = fields.get("status") or {}
    return (
        _named(status),
        _named(status.get("statusCategory")),
        _named(fields.get("priority")),
        _named(fields.get("resolution")),
        _named(fields.get("issuetype")),
        _shared(tuple(str(label).lower() for label in fields.get("labels") or ())),
        _shared(
            tuple(str(part.get("name")).lower() for part in fields.get("components") or () if isinstance(part, dict))
        ),
        _person(fields.get("assignee")),
        _person(fields.get("reporter")),
    )


def _named(thing: Any) -> tuple[str, ...]:
    return _shared((str(thing.get("name")).lower(), str(thing.get("id")))) if isinstance(thing, dict) else ()


def _person(user: Any) -> tuple[str, ...]:
    if not isinstance(user, dict):
        return ()
    known = (user.get(part) for part in ("name", "key", "accountId", "displayName"))
    return _shared(tuple(str(name).lower() for name in known if name))


def _shared(values: tuple[str, ...]) -> tuple[str, ...]:
    """Twenty thousand issues have the same few statuses: keep each tuple once."""
    return _seen.setdefault(values, values)
