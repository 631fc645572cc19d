"""From the names of a page to the release note of an issue, and nothing kept that nobody reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from jira_crawler.items import Body, RawIssue
from jira_crawler.trackers import tracker
from jira_crawler.trackers.contract import Cursor, Window
from tests.unit.effort import MOST, relative_cost

NOTE, OTHER, THIRD = "customfield_12310192", "customfield_99", "customfield_13000001"
NAMES = {"summary": "Summary", "customfield_7": "Rank", NOTE: "Release Note", "customfield_8": "Release Note Status"}
DOCUMENT = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "A"}]}]}
BASE = "https://jira.example.org"
DIALECTS = pytest.mark.parametrize("dialect", ["server", "cloud"])


def issue(**fields: Any) -> dict[str, Any]:
    known = {"summary": "s", "created": "2026-03-01T08:00:00.000+0000"}
    return {"id": "1", "key": "ACME-1", "fields": known | fields}


def page(*issues: Any, names: Any = NAMES) -> bytes:
    return json.dumps({"names": names, "issues": issues, "total": len(issues)}).encode()


def listed(found: bytes, dialect: str = "server") -> list[bytes]:
    return [bytes(each.payload) for each in tracker(dialect, BASE).read_page(found).issues]


def note(payload: bytes, dialect: str = "server") -> Body | None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    raw = RawIssue(
        site="s", base_url=BASE, dialect=dialect, project="ACME", id="1", key="ACME-1", payload=payload, fetched_at=now
    )
    return tracker(dialect, BASE).read_issue(raw).release_note


@DIALECTS
def test_names_are_asked_for_with_whole_issues_only(dialect):
    speaks = tracker(dialect, BASE)
    window, at = Window("ACME"), Cursor()
    assert dict(speaks.search(window, at, 10).params)["expand"] == "changelog,names"
    assert dict(speaks.issue("1", "*all").params)["expand"] == "changelog,names"
    assert "expand" not in dict(speaks.listing(window, at, 10).params)


@DIALECTS
def test_a_page_gives_each_issue_the_names_it_needs(dialect):
    with_note, without, null = issue(**{NOTE: "New *flag*."}), issue(), issue(**{NOTE: None, "customfield_7": "x"})
    payloads = listed(page(with_note, without, null), dialect)
    assert json.loads(payloads[0]) == with_note | {"names": {NOTE: "Release Note"}}
    assert payloads[0].startswith(json.dumps(with_note)[:-1].encode())
    assert payloads[1:] == [json.dumps(without).encode(), json.dumps(null).encode()]
    assert note(payloads[0], dialect) == Body("New *flag*.", "wiki")
    assert [note(payload, dialect) for payload in payloads[1:]] == [None, None]


@DIALECTS
def test_an_issue_by_itself_keeps_no_more_than_that(dialect):
    for fields, kept in (({NOTE: "Hello."}, {"names": {NOTE: "Release Note"}}), ({NOTE: None}, {}), ({}, {})):
        body = json.dumps(issue(**fields) | {"names": NAMES} | {"changelog": {"histories": []}}).encode()
        payload = tracker(dialect, BASE).read_one(body).payload
        assert json.loads(payload) == issue(**fields) | {"changelog": {"histories": []}} | kept
        assert tracker(dialect, BASE).read_one(payload).payload == payload
        assert note(payload, dialect) == note(body, dialect) == (Body("Hello.", "wiki") if kept else None)


def test_a_document_is_taken_as_it_is():
    payload = listed(page(issue(**{NOTE: DOCUMENT})), "cloud")[0]
    found = note(payload, "cloud")
    assert found is not None and found.format == "adf"
    assert json.loads(found.source) == DOCUMENT


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Release Note", True),
        ("release notes", True),
        ("Release-Notes", True),
        ("Release  Note Text", True),
        ("Customer release notes", True),
        ("Release Note Status", False),
        ("Release Note Type", False),
        ("Release Notes Required?", False),
        ("Release", False),
        ("Prerelease notes", False),
        ("Notes", False),
        (None, False),
        (3, False),
    ],
)
def test_which_names_are_meant(name, known):
    payload = listed(page(issue(**{NOTE: "Hello."}), names={NOTE: name}))[0]
    assert ("names" in json.loads(payload)) == known
    assert (note(payload) is not None) == known


def test_of_several_the_first_by_id_that_says_something():
    names = {THIRD: "Release Note", NOTE: "Release Notes", OTHER: "Release Note", "summary": "Release Note"}
    fields = {OTHER: " \n", NOTE: {"self": "…", "value": "Yes", "id": "5"}, THIRD: "The one."}
    payload = listed(page(issue(**fields), names=names))[0]
    assert list(json.loads(payload)["names"]) == [OTHER, NOTE, THIRD]
    assert note(payload) == Body("The one.", "wiki")


@pytest.mark.parametrize("value", ["", 3, True, [], ["text"], {}, {"type": "doc", "content": []}, {"type": 3}])
def test_what_is_no_text_is_no_release_note(value):
    assert note(listed(page(issue(**{NOTE: value})))[0]) is None


def test_an_id_that_only_stands_in_a_text_is_no_field():
    for told in (f'see "{NOTE}": "x"', {NOTE: "nested"}, [{"fieldId": NOTE}, {NOTE: 1}]):
        there = issue(customfield_7=told)
        assert listed(page(there)) == [json.dumps(there).encode()]
    spread = json.dumps({"names": NAMES, "issues": [issue(**{NOTE: "x"})]}, indent=2).encode()
    assert note(listed(spread)[0]) == Body("x", "wiki")


@pytest.mark.parametrize("names", [None, [], "x", {NOTE: ["Release Note"]}, {NOTE: {"a": 1}}])
def test_names_that_are_none(names):
    there = issue(**{NOTE: "x"})
    assert listed(page(there, names=names)) == [json.dumps(there).encode()]
    assert note(json.dumps(there | {"names": names}).encode()) is None


def test_joining_and_patching_leave_names_where_they_are():
    speaks = tracker("server", BASE)
    comments = {"comment": {"comments": [], "total": 1}}
    first = tracker("server", BASE).read_page(page(issue(**{NOTE: "x"}, **comments))).issues[0]
    answer = {"comments": [{"id": "5", "body": "hello"}], "total": 1}
    payload, left = speaks.join(first.payload, first.cuts[0], json.dumps(answer).encode())
    assert left is None and note(payload) == Body("x", "wiki")
    more = json.dumps({"id": "1", "fields": {"issuelinks": []}, "names": NAMES}).encode()
    patched = speaks.read_one(speaks.patch(payload, more)).payload
    assert json.loads(patched)["names"] == {NOTE: "Release Note"}


def test_a_hostile_page_costs_little():
    names = {f"customfield_{number}": "Release Note" for number in range(5_000)}
    decoy = f'"customfield_1"{" " * 40}' * 5_000
    nested = issue(customfield_5=[{"customfield_1": 1}] * 5_000, text=decoy)
    body = page(nested, nested, {"id": "2"}, 3, names=names)
    assert relative_cost(lambda: listed(body), len(body)) < MOST
    payloads = listed(body)
    assert len(payloads) == 4
    deep = b'{"id": "1", "fields": {"%b": "x", "d": %b}}' % (NOTE.encode(), b"[" * 3000 + b"]" * 3000)
    body = b'{"names": %b, "issues": [%b]}' % (json.dumps(NAMES).encode(), deep)
    assert listed(body) == [deep]
