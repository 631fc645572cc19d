"""Made-up issues as the store hands them to the tables."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

from jira_crawler.store.catalogue import Entry
from jira_crawler.tables.context import Context, Flow, OwnColumn
from jira_crawler.tables.extract import Rows, StoredIssue, extract

Json = dict[str, Any]
CREATED = 1_709_287_200_000  # 1 March 2024, 10:00 UTC
ANN = {"accountId": "a1", "displayName": "Ann Ash", "active": True, "avatarUrls": {"16x16": "x"}}
BEN = {"accountId": "b2", "displayName": "Ben Birch"}
STATUSES = {"1": ("Open", "new"), "3": ("In Progress", "indeterminate"), "5": ("Resolved", "done")}


def status(id_: str) -> Json:
    name, category = STATUSES[id_]
    return {"id": id_, "name": name, "statusCategory": {"key": category}}


def at(hour: int, minute: int = 0) -> str:
    """A time on the day on which the issue was created."""
    return f"2024-03-01T{hour:02}:{minute:02}:00.000+0000"


def micros(hour: int, minute: int = 0) -> int:
    return (CREATED + ((hour - 10) * 60 + minute) * 60_000) * 1000


def document(text: str) -> Json:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


PAYLOAD: Json = {
    "id": "10042",
    "key": "ACME-42",
    "self": "https://acme.example/rest/api/3/issue/10042",
    "fields": {
        "project": {"id": "100", "key": "ACME", "name": "Acme", "projectTypeKey": "software"},
        "issuetype": {"name": "Bug", "subtask": False},
        "summary": "Page is blank",
        "description": {
            "type": "doc",
            "version": 1,
            "content": [
                {
                    "type": "paragraph",
                    "content": [
                        {"type": "text", "text": "See "},
                        {"type": "inlineCard", "attrs": {"url": "https://wiki.example/page"}},
                    ],
                },
                {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "uuid", "alt": "shot.png"}}]},
            ],
        },
        "environment": None,
        "created": at(10),
        "updated": at(18),
        "resolutiondate": at(17),
        "duedate": "2024-04-01",
        "status": status("5"),
        "priority": {"name": "High"},
        "resolution": {"name": "Done"},
        "labels": ["web"],
        "components": [{"id": "1", "name": "ui"}],
        "versions": [{"id": "7", "name": "1.0"}],
        "fixVersions": [{"id": "8", "name": "1.1"}],
        "reporter": ANN,
        "creator": ANN,
        "assignee": BEN,
        "votes": {"votes": 3},
        "watches": {"watchCount": 2},
        "timetracking": {"originalEstimateSeconds": 3600},
        "timespent": 1200,
        "security": {"name": "Staff"},
        "parent": {"id": "10001", "key": "ACME-1"},
        "subtasks": [{"id": "10043", "key": "ACME-43"}],
        "comment": {
            "total": 2,
            "comments": [
                {
                    "id": "22",
                    "author": BEN,
                    "body": document("Mine."),
                    "created": at(12),
                    "jsdPublic": False,
                    "visibility": {"type": "role", "value": "Staff"},
                },
                {
                    "id": "21",
                    "author": ANN,
                    "updateAuthor": BEN,
                    "body": document("More."),
                    "created": at(11),
                    "updated": at(13),
                    "jsdPublic": True,
                },
            ],
        },
        "worklog": {
            "total": 1,
            "worklogs": [
                {
                    "id": "31",
                    "author": BEN,
                    "started": at(14),
                    "created": at(15),
                    "timeSpentSeconds": 1200,
                    "comment": document("Looked."),
                }
            ],
        },
        "attachment": [
            {"id": "41", "filename": "shot.png", "mimeType": "image/png", "size": 12, "author": ANN, "created": at(10)}
        ],
        "issuelinks": [
            {
                "id": "51",
                "type": {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
                "inwardIssue": {"id": "10007", "key": "ACME-7", "fields": {"status": {"name": "Open"}}},
            }
        ],
        "customfield_1": 5,
        "customfield_2": {"value": "Europe", "child": {"value": "Austria"}},
        "customfield_3": [{"displayName": "Ann Ash", "accountId": "a1"}],
        "customfield_4": "2024-03-05T08:00:00.000+0000",
        "customfield_5": "{summaryBean=x.SummaryBean@66d1c47d[a=b]}",
        "customfield_6": {
            "name": "Time to resolution",
            "completedCycles": [
                {
                    "startTime": {"epochMillis": CREATED},
                    "stopTime": {"epochMillis": CREATED + 60_000},
                    "breached": False,
                    "goalDuration": {"millis": 100_000},
                    "elapsedTime": {"millis": 60_000},
                }
            ],
            "ongoingCycle": {
                "startTime": {"epochMillis": CREATED + 70_000},
                "breachTime": {"epochMillis": CREATED + 170_000},
                "breached": False,
                "paused": True,
                "goalDuration": {"millis": 100_000},
                "elapsedTime": {"millis": 5},
                "remainingTime": {"millis": 99_995},
            },
        },
    },
    "changelog": {
        "total": 3,
        "histories": [
            {
                "id": "63",
                "author": BEN,
                "created": at(17),
                "items": [
                    {
                        "field": "status",
                        "fieldtype": "jira",
                        "fieldId": "status",
                        "from": "3",
                        "fromString": "In Progress",
                        "to": "5",
                        "toString": "Resolved",
                    },
                    {
                        "field": "resolution",
                        "fieldtype": "jira",
                        "from": None,
                        "fromString": None,
                        "to": "1",
                        "toString": "Done",
                    },
                ],
            },
            {
                "id": "61",
                "author": BEN,
                "created": at(12),
                "items": [
                    {
                        "field": "status",
                        "fieldtype": "jira",
                        "from": "1",
                        "fromString": "Open",
                        "to": "3",
                        "toString": "In Progress",
                    }
                ],
            },
            {
                "id": "62",
                "author": ANN,
                "created": at(13),
                "items": [
                    {
                        "field": "assignee",
                        "fieldtype": "jira",
                        "from": "a1",
                        "fromString": "Ann Ash",
                        "to": "b2",
                        "toString": "Ben Birch",
                    }
                ],
            },
        ],
    },
    "remotelinks": [
        {
            "id": 71,
            "globalId": "g",
            "relationship": "links to",
            "application": {"name": "GitHub"},
            "object": {"url": "https://github.com/acme/web/pull/12/files", "title": "Fix it"},
        }
    ],
}


def payload(**fields: Any) -> Json:
    """The payload with other fields; None takes one out."""
    made = deepcopy(PAYLOAD)
    made["fields"] |= fields
    return made


def stored(sent: Json | bytes = PAYLOAD, **chosen: Any) -> StoredIssue:
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    made = StoredIssue(
        site="acme",
        number=10042,
        key="ACME-42",
        project="ACME",
        base_url="https://acme.example",
        dialect="cloud",
        created=CREATED,
        since=CREATED + 86_400_000,
        version="v1",
        payload=body,
    )
    return replace(made, **chosen)


def context(*columns: OwnColumn, flow: Flow | None = None, redacted: bool = False) -> Context:
    entries = [Entry("acme", "status", id_, name, category, 1) for id_, (name, category) in STATUSES.items()]
    entries.append(Entry("acme", "field", "customfield_1", "Story Points", "number", 1))
    flows = {"acme": flow} if flow else {}
    return Context.made(entries, {"acme": columns} if columns else {}, flows, redacted=redacted)


def rows(sent: Json | bytes = PAYLOAD, known: Context | None = None, **chosen: Any) -> Rows:
    return extract(stored(sent, **chosen), known or context())
