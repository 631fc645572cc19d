"""Whatever a tracker puts in place of whatever value: a value, or an exception that says so, and never another one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jira_crawler.exceptions import Malformed, Unreadable
from jira_crawler.items import RawIssue
from jira_crawler.refine.step import DropIssue
from jira_crawler.refine.validate import validate
from jira_crawler.trackers import plausibility, read_introduction, tracker
from jira_crawler.trackers.answers import trouble, words
from jira_crawler.trackers.contract import Cursor, Truncation, Window

WHEN = "2024-01-01T00:00:01.000+0000"
PERSON = {"name": "ann", "key": "ann", "displayName": "Ann", "accountId": "1:2"}
ENTRY = {"id": "7", "author": PERSON, "created": WHEN, "updated": WHEN}
COMMENTS = {"comments": [ENTRY | {"body": "text"}], "total": 2, "maxResults": 1}
WORKLOGS = {"worklogs": [ENTRY | {"started": WHEN, "timeSpentSeconds": 60, "comment": {"type": "doc"}}], "total": 2}
CHANGES = {"histories": [ENTRY | {"items": [{"field": "status", "fromString": "a", "toString": "b"}]}], "total": 1}
LINK = {"type": {"name": "Blocks", "inward": "is", "outward": "to"}, "inwardIssue": {"key": "ACME-2", "fields": {}}}
ISSUE = {
    "id": "1001",
    "key": "ACME-1",
    "names": {"customfield_1": "Release Note"},
    "fields": {
        "summary": "a summary",
        "description": "a description",
        "created": WHEN,
        "updated": WHEN,
        "project": {"key": "ACME"},
        "reporter": PERSON,
        "labels": ["a"],
        "components": [{"name": "core"}],
        "status": {"name": "Open", "statusCategory": {"key": "new"}},
        "comment": COMMENTS,
        "worklog": WORKLOGS,
        "issuelinks": [LINK],
        "attachment": [{"id": "3", "filename": "a.txt", "size": 3, "created": WHEN}],
        "customfield_1": "a note",
    },
    "changelog": CHANGES,
}
PAGE = {"issues": [ISSUE], "total": 1, "maxResults": 50, "nextPageToken": "more", "names": ISSUE["names"]}
LIST = {"comments": [ENTRY], "worklogs": [ENTRY], "values": [ENTRY], "total": 1}
ERROR = {"errorMessages": ["No."], "errors": {"jql": "Wrong."}, "message": "No."}

ODD = [
    *(b"null", b"true", b"0", b"-1", b"1.5", b"1e308", b"1e999", b"NaN", b"Infinity", b"9" * 23, b"9" * 5000, b"]"),
    *(b"{}", b"[]", b"[null]", b'[{"id": 3}]', b'{"\xff": 1}', b'""', b'"\xff"', b'"\\ud800"', b'"\\u0000"'),
    *('"²"'.encode(), '"٣"'.encode(), b'"%b"' % (b"1" * 30), b'"ACME-%b"' % (b"1" * 1000), b'"../X-1"'),
    *(b'"9999-12-31T23:59:59.999-1400"', b'"0001-01-01T00:00:00+1400"', b'"%b"' % (b"x" * 100_000)),
    *(b"[" * 5000 + b"]" * 5000, b'{"a":' * 5000 + b"1" + b"}" * 5000),
]
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
trees = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
anything = st.sampled_from(ODD) | trees.map(lambda value: json.dumps(value).encode())


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from places(each, (*path, name))


def with_odd(whole: Any, path: tuple[Any, ...], odd: bytes) -> bytes:
    """The JSON of a value, at one place of it whatever bytes."""
    if not path:
        return odd
    copy = json.loads(json.dumps(whole))
    at = copy
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = "HERE"
    return json.dumps(copy).encode().replace(b'"HERE"', odd)


def spoilt(whole: Any) -> st.SearchStrategy[bytes]:
    return st.builds(lambda path, odd: with_odd(whole, path, odd), st.sampled_from(list(places(whole))), anything)


def raw(payload: bytes, dialect: str) -> RawIssue:
    about = {
        "site": "jira",
        "base_url": "https://jira",
        "project": "ACME",
        "fetched_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return RawIssue(**about, dialect=dialect, id="", key="", payload=payload)


@given(spoilt(PAGE), st.sampled_from(["server", "cloud"]))
@settings(max_examples=400)
def test_a_page(body, dialect):
    speaks = tracker(dialect, "https://jira")
    with suppress(Unreadable):
        page = speaks.read_page(body)
        assert plausibility.step(speaks, Window("ACME"), Cursor(), page, 5)
        for issue in page.issues:
            assert issue.id == "" or (issue.id.isascii() and issue.id.isdigit() and int(issue.id) < 2**63)
            assert all(cut.have >= 0 and 0 <= cut.total < 2**63 for cut in issue.cuts)
            for cut in issue.cuts:
                speaks.complete(issue.id, cut)


@given(spoilt(ISSUE), st.sampled_from(["server", "cloud"]))
@settings(max_examples=400)
def test_an_issue(body, dialect):
    with suppress(DropIssue):
        issue = validate(raw(body, dialect))
        assert issue.version and issue.id.isascii() and issue.project == "ACME"
    with suppress(Malformed):
        tracker(dialect, "https://jira").read_issue(raw(body, dialect))
    with suppress(Unreadable):
        tracker(dialect, "https://jira").read_one(body)


@given(spoilt(ISSUE), spoilt(LIST), st.sampled_from(["comment", "worklog", "changelog"]))
@settings(max_examples=400)
def test_a_list(payload, body, part):
    for speaks in (tracker("server", "https://jira"), tracker("cloud", "https://jira")):
        with suppress(Unreadable):
            joined, left = speaks.join(payload, Truncation(part, 1, 2), body)
            assert isinstance(joined, bytes)
            assert left is None or left.total < 2**63
        with suppress(Unreadable):
            assert speaks.patch(payload, body)
        with suppress(Unreadable):
            assert speaks.patch(payload, payload)


@given(spoilt({"count": 3, "total": 3, "issues": []}), st.sampled_from(["server", "cloud"]))
def test_a_count(body, dialect):
    with suppress(Unreadable):
        assert 0 <= tracker(dialect, "https://jira").read_count(body) <= plausibility.MOST


@given(spoilt(ERROR) | spoilt({"version": "9", "deploymentType": "Server", "more": {}}) | st.binary())
def test_an_error_and_an_introduction(body):
    assert isinstance(words(body), str)
    assert isinstance(trouble(200, "application/json", body), str)
    with suppress(Unreadable):
        assert read_introduction(body)


@pytest.mark.parametrize("read", [words, lambda body: trouble(200, "application/json", body)])
def test_what_is_nested_without_end(read: Callable[[bytes], str]):
    assert read(b'{"errors": %b}' % (b"[" * 100_000 + b"]" * 100_000)) == ""
