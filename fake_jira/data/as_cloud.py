"""A recorded Server issue → the same issue as Cloud would tell it: ADF bodies, and people known by account."""

from __future__ import annotations

import hashlib
from typing import Any

from fake_jira.data import adf


def as_cloud(issue: dict[str, Any]) -> dict[str, Any]:
    fields = issue["fields"]
    for name in ("description", "environment"):
        fields[name] = _document(fields.get(name)) if name in fields else None
    for comment in fields.get("comment", {}).get("comments", ()):
        comment["body"] = _document(comment.get("body"))
    for worklog in fields.get("worklog", {}).get("worklogs", ()):
        worklog["comment"] = _document(worklog.get("comment"))
    found: dict[str, Any] = _people(issue)
    return found


def _document(body: Any) -> Any:
    return adf.plain(body) if isinstance(body, str) and body else (body or None)


def _people(value: Any) -> Any:
    """Every user anywhere in the issue: it is one if it has a display name."""
    if isinstance(value, list):
        return [_people(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "displayName" in value and ("name" in value or "key" in value):
        return _account(value)
    return {name: _people(part) for name, part in value.items()}


def _account(user: dict[str, Any]) -> dict[str, Any]:
    known = str(user.get("key") or user.get("name"))
    rest = {name: value for name, value in user.items() if name not in ("name", "key", "self", "emailAddress")}
    number = hashlib.sha256(known.encode()).hexdigest()[:24]
    return {"accountId": number, "accountType": "atlassian", **rest}
