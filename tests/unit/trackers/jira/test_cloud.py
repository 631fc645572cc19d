"""Every request of the Cloud dialect against Atlassian's published description of REST v3.

The questions are checked against a table of what is documented. With JIRA_OPENAPI=PATH, an OpenAPI description as
JSON or .json.gz, they are checked against that as well; paths that a description does not know yet are left out.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from jira_crawler.trackers.contract import Cursor, Query, Truncation, Window
from jira_crawler.trackers.jira.cloud import JiraCloud

BASE = "https://acme.example.net"
CLOUD = JiraCloud(BASE)
WINDOW = Window("ACME", "status = Open", 1_700_000_000_000, 1_800_000_000_000)
ASKS = {
    "first page": CLOUD.search(WINDOW, Cursor(), 100),
    "next page": CLOUD.search(WINDOW, Cursor(token="opaque"), 100),
    "count": CLOUD.count(WINDOW),
    **{part: CLOUD.complete("10042", Truncation(part, 1, 500, 100)) for part in ("comment", "changelog", "worklog")},
}
INTEGER = {"type": "integer", "minimum": 0}
# https://developer.atlassian.com/cloud/jira/platform/rest/v3/, as of 2026
DOCUMENTED: dict[str, dict[str, Any]] = {
    "/rest/api/3/search/jql": {
        "jql": {"type": "string"},
        "nextPageToken": {"type": "string"},
        "maxResults": {"type": "integer", "minimum": 1, "maximum": 5000},
        "fields": {"type": "string"},
        "expand": {"type": "string", "pattern": "^(renderedFields|names|schema|changelog|,)*$"},
    },
    "/rest/api/3/search/approximate-count": {},
    "/rest/api/3/issue/{}/comment": {
        "startAt": INTEGER,
        "maxResults": {"type": "integer", "minimum": 1, "maximum": 100},
        "orderBy": {"enum": ["created", "-created", "+created"]},
    },
    "/rest/api/3/issue/{}/changelog": {"startAt": INTEGER, "maxResults": {"type": "integer", "maximum": 100}},
    "/rest/api/3/issue/{}/worklog": {"startAt": INTEGER, "maxResults": {"type": "integer", "maximum": 5000}},
}


def described() -> dict[str, dict[str, Any]]:
    """The query parameters of every GET of the description that JIRA_OPENAPI names, by path."""
    if not (name := os.environ.get("JIRA_OPENAPI")):
        return {}
    raw = Path(name).read_bytes()
    paths = json.loads(gzip.decompress(raw) if name.endswith(".gz") else raw)["paths"]
    return {
        re.sub(r"\{\w+\}", "{}", path): {each["name"]: each["schema"] for each in call["get"].get("parameters", ())}
        for path, call in paths.items()
        if "get" in call
    }


def problems(ask: Query, allowed: dict[str, Any]) -> list[str]:
    found = [f"{name} is not a parameter" for name, _ in ask.params if name not in allowed]
    for name, text in ask.params:
        schema = allowed.get(name, {})
        value = int(text) if schema.get("type") == "integer" else text
        found += [error.message for error in Draft202012Validator(schema).iter_errors(value)]
    return found


@pytest.mark.parametrize("name", ASKS)
def test_a_request_asks_for_what_is_documented(name):
    ask = ASKS[name]
    assert ask is not None
    path = re.sub(r"/issue/\d+/", "/issue/{}/", ask.url.removeprefix(BASE))
    assert problems(ask, DOCUMENTED[path]) == []
    assert problems(ask, described().get(path, DOCUMENTED[path])) == []


def test_the_count_is_a_post_of_its_jql():
    assert json.loads(ASKS["count"].body) == {
        "jql": 'project = "ACME" AND (status = Open) AND created >= 1700000000000 AND created < 1800000000000'
    }


def test_no_question_is_unbounded():
    for name in ("first page", "next page"):
        assert dict(ASKS[name].params)["jql"].startswith('project = "ACME" AND ')
