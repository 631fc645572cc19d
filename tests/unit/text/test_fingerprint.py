from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Issue
from jira_crawler.text.fingerprint import content_hash, version_hash

Make = Callable[..., Issue]

PAYLOAD: dict[str, Any] = {
    "expand": "changelog,names",
    "id": "100",
    "self": "https://jira.example/rest/api/2/issue/100",
    "key": "ABC-1",
    "fields": {
        "summary": "The pump fails",
        "lastViewed": None,
        "labels": ["b", "a"],
        "workratio": -1,
        "votes": {"self": "https://jira.example/votes", "votes": 2, "hasVoted": False},
        "watches": {"watchCount": 3, "isWatching": False},
        "reporter": {"displayName": "Ann", "active": True, "timeZone": "UTC", "avatarUrls": {"16x16": "https://a/1"}},
        "comment": {
            "comments": [{"id": "9", "body": "first"}, {"id": "10", "body": "second"}],
            "startAt": 0,
            "maxResults": 2,
            "total": 2,
        },
        "customfield_1": "{summaryBean=com.example.SummaryBean@66d1c47d[summary={}]}",
        "customfield_2": ["com.example.Sprint@1f2e3d4c[id=1,state=ACTIVE]"],
        "customfield_3": {
            "id": "17",
            "completedCycles": [],
            "ongoingCycle": {"breached": False, "remainingTime": {"millis": 100}},
        },
        "customfield_4": None,
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    payload = deepcopy(PAYLOAD)
    *folders, last = path.split(".")
    inner = payload
    for folder in folders:
        inner = inner[folder]
    inner[last] = value
    return payload


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("expand", "names"),
        ("self", "https://other.example/100"),
        ("fields.lastViewed", "2024-05-17"),
        ("fields.labels", ["a", "b"]),
        ("fields.workratio", 40),
        ("fields.votes.hasVoted", True),
        ("fields.watches.isWatching", True),
        ("fields.reporter.active", False),
        ("fields.reporter.timeZone", "Europe/Vienna"),
        ("fields.reporter.avatarUrls", {"16x16": "https://a/2"}),
        ("fields.comment.comments", [{"id": "10", "body": "second"}, {"id": "9", "body": "first"}]),
        ("fields.comment.maxResults", 5000),
        ("fields.customfield_1", "{summaryBean=com.example.SummaryBean@1a2b3c[summary={}]}"),
        ("fields.customfield_2", ["com.example.Sprint@77777777[id=1,state=ACTIVE]"]),
        ("fields.customfield_3.ongoingCycle", {"breached": True, "remainingTime": {"millis": -5}}),
        ("fields.customfield_5", None),
        ("renderedFields", {"created": "yesterday"}),
    ],
)
def test_what_moves_by_itself_makes_no_new_version(path: str, value: Any) -> None:
    assert version_hash(changed(path, value)) == version_hash(PAYLOAD)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("key", "XYZ-1"),
        ("fields.summary", "The pump works"),
        ("fields.labels", ["a"]),
        ("fields.votes.votes", 3),
        ("fields.reporter.displayName", "Bob"),
        ("fields.comment.comments", [{"id": "9", "body": "edited"}, {"id": "10", "body": "second"}]),
        ("fields.customfield_2", ["com.example.Sprint@1f2e3d4c[id=1,state=CLOSED]"]),
        ("fields.customfield_3.completedCycles", [{"breached": True}]),
        ("fields.customfield_4", "set"),
        ("fields.customfield_5", "mail me: ann@example.org"),
        ("fields.active", True),
    ],
)
def test_what_someone_did_makes_a_new_version(path: str, value: Any) -> None:
    assert version_hash(changed(path, value)) != version_hash(PAYLOAD)


def test_the_order_of_keys_does_not_matter() -> None:
    turned = dict(reversed(PAYLOAD.items())) | {"fields": dict(reversed(PAYLOAD["fields"].items()))}
    assert version_hash(turned) == version_hash(PAYLOAD)


def test_the_payload_is_not_touched() -> None:
    before = deepcopy(PAYLOAD)
    version_hash(PAYLOAD)
    assert before == PAYLOAD


@pytest.mark.parametrize("odd", ["lone \ud800 surrogate", 2**70])
def test_what_orjson_refuses_has_a_version_too(odd: object) -> None:
    assert version_hash(changed("fields.summary", odd)) == version_hash(changed("fields.summary", odd))


def test_a_text_nested_beyond_reason_has_a_version_too() -> None:
    def nested(leaf: str) -> dict[str, Any]:
        node: Any = leaf
        for _ in range(5_000):
            node = {"type": "bulletList", "content": [node]}
        return changed_text(node)

    def changed_text(node: Any) -> dict[str, Any]:
        return {"fields": {"description": node}}

    assert version_hash(nested("a")) == version_hash(nested("a"))
    assert version_hash(nested("a")) != version_hash(nested("b"))


NAMES = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(NAMES, JSON, max_size=5))
def test_any_payload_has_a_version(payload: dict[str, Any]) -> None:
    assert len(version_hash(payload)) == 64


def test_the_same_content_under_another_id_is_the_same(make: Make) -> None:
    issue = make(description="It fails.", comments=("Really?", "Yes."))
    other = replace(
        issue,
        id="7",
        key="X-1",
        status="Done",
        priority="High",
        updated=datetime(2030, 1, 1, tzinfo=UTC),
        labels=("a",),
    )
    assert content_hash(other) == content_hash(issue)


def test_comments_count_in_the_order_of_their_ids(make: Make) -> None:
    issue = make(comments=tuple(f"Comment {n}" for n in range(12)))
    assert content_hash(replace(issue, comments=issue.comments[::-1])) == content_hash(issue)
    assert content_hash(make(comments=("a", "b"))) != content_hash(make(comments=("b", "a")))


@pytest.mark.parametrize("title", ["the PUMP fails", "The pump\u00a0 fails ", "Ｔｈｅ pump fails", "The pump\n\nfails"])
def test_case_width_and_spacing_do_not_count(make: Make, title: str) -> None:
    assert content_hash(make(title=title)) == content_hash(make(title="The pump fails"))


def test_other_content_is_other(make: Make) -> None:
    hashes = {
        content_hash(make(title="a b")),
        content_hash(make(title="a", description="b")),
        content_hash(make(title="a", comments=("b",))),
        content_hash(make(title="ab")),
        content_hash(make(title="a", description="b", comments=("",))),
    }
    assert len(hashes) == 5


@given(st.text())
def test_any_title_has_a_hash(make: Make, title: str) -> None:
    assert len(content_hash(make(title=title))) == 64
