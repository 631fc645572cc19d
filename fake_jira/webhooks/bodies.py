"""Issues and their parts → the bodies of webhooks, in the shapes that each dialect gives them.

Data Center tells of a whole issue with its comments, and of a comment without its issue. Cloud tells of an issue
without comments and worklogs, in the words of REST v2 with plain texts, and of a comment with some fields of its issue.
"""

from __future__ import annotations

from typing import Any

import orjson

from fake_jira.data.changes import author_of
from fake_jira.data.selection import HASH
from fake_jira.data.service_desk import is_plan
from fake_jira.jql.words import plain

Json = dict[str, Any]
_SLIGHT = ("summary", "issuetype", "project", "assignee", "priority", "status")
_TEXTS = ("description", "environment")
_STATUS_EVENTS = {
    "Closed": "issue_closed",
    "Resolved": "issue_resolved",
    "Reopened": "issue_reopened",
    "In Progress": "issue_work_started",
}


class Bodies:
    def __init__(self, base: str, cloud: bool) -> None:
        self.base, self.cloud = base, cloud

    def issue(self, whole: Json) -> Json:
        """An issue as `jira:issue_…` tells it; `whole` has its fields as they are embedded."""
        fields = dict(whole["fields"])
        if self.cloud:
            fields = {name: value for name, value in fields.items() if name not in ("comment", "worklog")}
            fields |= {name: text(fields[name]) for name in _TEXTS if name in fields}
        elif said := fields.get("comment"):
            fields["comment"] = {**said, "comments": [self.comment(one, whole["id"]) for one in said["comments"]]}
        told = {name: None if is_plan(value) else self.told(value) for name, value in fields.items()}
        return self._named(whole, told)

    def issue_of_comment(self, whole: Json, deleted: bool) -> Json:
        """The few fields that come with a comment in Cloud; its address lacks a part once the comment is gone."""
        found = self._named(whole, {name: self.told(whole["fields"].get(name)) for name in _SLIGHT})
        return {**found, "self": found["self"].replace("/issue/", "/")} if deleted else found

    def comment(self, comment: Json, issue_id: str) -> Json:
        """Its address is the only thing that names the issue in Data Center, so it is never without one."""
        address = f"{self.base}/rest/api/2/issue/{issue_id}/comment/{comment['id']}"
        found = {"self": address, **{name: value for name, value in comment.items() if name != "jsdPublic"}}
        found["body"] = text(found.get("body")) if self.cloud else found.get("body")
        public = {"jsdPublic": comment.get("jsdPublic", True)} if self.cloud else {}
        return {**self.told(found), **public}

    def worklog(self, worklog: Json) -> Json:
        found: Json = self.told({**worklog, "comment": text(worklog.get("comment"))} if self.cloud else worklog)
        return found

    def link(self, link: Json, issue_id: str) -> Json:
        """`link` is as it stands in the issue; numbers are numbers here, and both ends are named by id alone."""
        kind, outward = link.get("type") or {}, link.get("outwardIssue")
        other = _number((outward or link.get("inwardIssue") or {}).get("id"))
        ends = (_number(issue_id), other) if outward else (other, _number(issue_id))
        return {
            "id": _number(link["id"]),
            "sourceIssueId": ends[0],
            "destinationIssueId": ends[1],
            "issueLinkType": {
                "id": _number(kind.get("id")),
                "name": kind.get("name"),
                "outwardName": kind.get("outward"),
                "inwardName": kind.get("inward"),
                "isSubTaskLinkType": False,
                "isSystemLinkType": False,
            },
            "systemLink": False,
        }

    def user(self, person: Json | None) -> Json:
        """Nothing at all where it is not known who did it, as with automation."""
        return {"user": self.told(person)} if person else {}

    def created(self, whole: Json) -> Json:
        """The history that Cloud tells of an issue which has none yet: all that was filled in."""
        if not self.cloud:
            return {}
        items = [_filled(name, whole["fields"].get(name)) for name in ("description", "priority", "status", "summary")]
        return {"changelog": {"id": str(10_000 + int(whole["id"])), "items": items}}

    def told(self, value: Any) -> Any:
        """The same value with the addresses that webhooks have: those of REST v2, whatever a receiver asks."""
        written = orjson.dumps(value).replace(HASH, b"@5e1f2d3c")
        return orjson.loads(written.replace(b"/rest/api/3/", b"/rest/api/2/") if self.cloud else written)

    def _named(self, whole: Json, fields: Json) -> Json:
        address = f"{self.base}/rest/api/2/issue/{whole['id']}"
        return {"id": str(whole["id"]), "self": address, "key": whole["key"], "fields": fields}


def event_type(items: list[Json], cloud: bool) -> str:
    """The `issue_event_type_name` of a change; Data Center knows some transitions by name."""
    fields = {item["field"]: item for item in items}
    if "Key" in fields:
        return "issue_moved"
    if "status" in fields:
        return "issue_generic" if cloud else _STATUS_EVENTS.get(fields["status"]["toString"], "issue_generic")
    if "timespent" in fields:
        work = fields.get("WorklogId", {"to": "", "from": ""})
        return (
            "issue_worklog_deleted"
            if not work["to"] and work["from"]
            else ("issue_work_logged" if work["to"] else "issue_worklog_updated")
        )
    return "issue_assigned" if fields.keys() == {"assignee"} else "issue_updated"


def text(body: Any) -> str | None:
    """A document of Cloud in plain lines; what is text already stays as it is."""
    if isinstance(body, str) or body is None:
        return body
    return "\n".join(part for part in plain(body) if part)


def editor(whole: Json) -> Json | None:
    """Who did what no part of an issue says: nobody is asked, so it was whoever works on it."""
    return author_of(whole["fields"])


def _filled(field: str, value: Any) -> Json:
    named = value if isinstance(value, dict) and "name" in value else {}
    shown = named.get("name") if named else text(value)
    ends = {"from": None, "fromString": None, "to": named.get("id"), "toString": shown}
    return {"field": "Status" if field == "status" else field, "fieldtype": "jira", "fieldId": field, **ends}


def _number(text_: Any) -> int:
    return int(text_) if str(text_ or "").isdigit() else 0
