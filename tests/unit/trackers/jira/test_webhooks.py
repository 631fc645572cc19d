"""What an event concerns: whoever it names, never what it says of them; and one that names nobody says why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.jira.webhooks import Event, IssueRef, read_event

SITE = "https://jira.example.org/rest/api/2"
ISSUE = {"id": "10001", "self": f"{SITE}/issue/10001", "key": "DEMO-1", "fields": {"summary": "Made up"}}
COMMENT = {"self": f"{SITE}/issue/10001/comment/77", "id": "77", "body": "Made up"}
ONE = (IssueRef("10001", "DEMO-1"),)
NAMELESS = (IssueRef("10001", ""),)


def read(name: Any = "jira:issue_updated", **said: Any) -> Event:
    return read_event(json.dumps({"timestamp": 1_700_000_000_123, "webhookEvent": name, **said}).encode())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("jira:issue_created", {"issue": ISSUE, "issue_event_type_name": "issue_created"}),
        ("jira:issue_updated", {"issue": ISSUE, "changelog": {"id": "1", "items": []}}),
        ("jira:issue_updated", {"issue": ISSUE, "comment": COMMENT}),  # of an old server, without the type
        ("jira:issue_deleted", {"issue": ISSUE, "user": {"name": "somebody"}}),
        ("comment_created", {"issue": ISSUE, "comment": COMMENT}),  # as a Cloud has it
        ("issue_property_set", {"issue": ISSUE}),
        ("made_up_next_year", {"issue": ISSUE}),
    ],
)
def test_what_has_an_issue_concerns_it(name, said):
    event = read(name, **said)
    assert (event.name, event.issues, event.at, event.ignored) == (name, ONE, 1_700_000_000_123, "")
    assert event.deleted == (name == "jira:issue_deleted")
    assert not event.refresh


@pytest.mark.parametrize("name", ["comment_created", "comment_updated", "comment_deleted"])
def test_a_comment_of_a_data_center_names_its_issue_in_its_address_only(name):
    event = read(name, comment=COMMENT)
    assert (event.issues, event.deleted, event.ignored) == (NAMELESS, False, "")


@pytest.mark.parametrize(
    "worklog", [{"issueId": "10001", "id": "5"}, {"issueId": 10001}, {"self": f"{SITE}/issue/10001/worklog/5"}]
)
def test_a_worklog_names_its_issue(worklog):
    assert read("worklog_deleted", worklog=worklog).issues == NAMELESS


@pytest.mark.parametrize("name", ["issuelink_created", "issuelink_deleted"])
def test_a_link_concerns_both_its_ends(name):
    event = read(name, issueLink={"id": 1, "sourceIssueId": 10001, "destinationIssueId": 10002})
    assert (event.issues, event.deleted) == ((IssueRef("10001", ""), IssueRef("10002", "")), False)


@pytest.mark.parametrize(
    "name",
    ["jira:version_released", "jira:version_deleted", "project_updated", "project_soft_deleted", "field_created"],
)
def test_versions_projects_and_fields_are_to_be_asked_for_as_a_whole(name):
    event = read(name, version={"id": "1", "mergedTo": "2"})
    assert (event.issues, event.refresh, event.ignored) == ((), True, "")


@pytest.mark.parametrize(
    ("name", "said", "why"),
    [
        ("user_updated", {"user": {"name": "somebody"}}, "it names no issue"),
        ("sprint_started", {"sprint": {"id": 1}}, "it names no issue"),
        ("attachment_created", {"attachment": {"self": f"{SITE}/attachment/5", "id": "5"}}, "it names no issue"),
        ("jira:issue_updated", {"issue": {"id": "../../etc"}}, "it names no issue"),
        ("jira:issue_updated", {"issue": [ISSUE]}, "it names no issue"),
        ("jira:issue_deleted", {"issue": None}, "it names no issue"),
        ("version", {}, "it names no issue"),
        (None, {}, "it is no event: it has no webhookEvent"),
        (["jira:issue_deleted"], {}, "it is no event: it has no webhookEvent"),
        ("x" * 201, {}, "it is no event: it has no webhookEvent"),
    ],
)
def test_what_names_no_issue_says_so_and_concerns_nothing(name, said, why):
    event = read(name, **said)
    assert (event.issues, event.deleted, event.refresh, event.ignored) == ((), False, False, why)


def test_an_event_without_a_name_still_names_its_issue():
    assert read(None, issue=ISSUE) == Event("", ONE, at=1_700_000_000_123)


@pytest.mark.parametrize("timestamp", ["1700000000123", -1, 1e300, 10**30, 10**4_000, True, None, [1], {}])
def test_a_time_that_is_none_is_not_believed_and_costs_nothing_else(timestamp):
    assert read(timestamp=timestamp, issue=ISSUE) == Event("jira:issue_updated", ONE)


@pytest.mark.parametrize("id_", [10**30, "1" * 19, "", " 10001", "10001a", "١", 1.5, -1, True, [], {"id": "10001"}])
def test_an_id_that_is_none_is_none(id_):
    assert read(issue=ISSUE | {"id": id_}).issues == ()


@pytest.mark.parametrize("key", ["DEMO 1", "", 5, None, "D" * 200 + "-1"])
def test_a_key_that_is_none_is_left_out(key):
    assert read(issue=ISSUE | {"key": key}).issues == NAMELESS


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not JSON"),
        (b"Hello World!", "not JSON"),
        (b'{"webhookEvent": "jira:issue_del', "not JSON"),
        (b'{"a": 1} x', "not JSON"),
        (b"issue=10001", "not JSON"),
        (b"[]", "no object"),
        (b"null", "no object"),
        (b'"jira:issue_deleted"', "no object"),
        (b'{"x": ' + b"[" * 100_000, "too deeply"),
        (b'{"issue": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001, "too deeply"),
    ],
)
def test_what_is_no_json_object_is_unreadable(body, why):
    with pytest.raises(Unreadable, match=why):
        read_event(body)


def test_what_is_too_long_is_not_read():
    body = json.dumps({"issue": ISSUE}).encode()
    assert read_event(body, longest=len(body)).issues == ONE
    with pytest.raises(Unreadable, match="longer than"):
        read_event(body, longest=len(body) - 1)


def test_numbers_without_end_and_broken_text_where_nobody_looks_hurt_nobody():
    body = b'{"timestamp": %b, "x": %b, "y": "\xff", "issue": {"id": "5", "z": 1e999999}}'
    for number in (b"9" * 100_000, b"1e999999"):
        assert read_event(body % (number, number)) == Event("", (IssueRef("5", ""),))


def test_half_a_character_in_a_text_hurts_nobody():
    issue = ISSUE | {"fields": {"summary": "cut in the middle of \ud83d", "environment": "C:\\\\ud800 \U0001f600"}}
    assert read(issue=issue).issues == ONE


def test_an_issue_of_another_site_concerns_nothing_here():
    body = json.dumps({"webhookEvent": "jira:issue_deleted", "issue": ISSUE, "comment": COMMENT}).encode()
    assert read_event(body, {"jira.example.org"}).deleted
    stranger = read_event(body, {"jira.example.com"})
    assert (stranger.issues, stranger.deleted) == ((), False)
    assert stranger.ignored == "it is of another site, jira.example.org"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "key", "self"]), inner),
    max_leaves=8,
)
NAMES = ["webhookEvent", "timestamp", "issue", "comment", "worklog", "attachment", "issueLink"]


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
@example({"comment": {"self": "http://[::1/issue/1/comment/2"}})
@example({"comment": {"self": "\ud800"}})
def test_any_object_is_read(said):
    event = read_event(json.dumps(said).encode(), {"jira.example.org"})
    assert bool(event.ignored) == (not event.issues and not event.refresh)
    assert not (event.deleted and event.name != "jira:issue_deleted")


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_unreadable(body):
    try:
        assert read_event(body).ignored
    except Unreadable as error:
        assert str(error)


# --- what others learned the hard way


@pytest.mark.parametrize(
    "name",
    [
        *("comment_deleted", "attachment_deleted", "issuelink_deleted", "worklog_deleted", "issue_property_deleted"),
        *("jira:version_deleted", "project_deleted", "user_deleted", "jira:issue_deleted_twice", "JIRA:ISSUE_DELETED"),
        *(" jira:issue_deleted", "jira:issue_deleted\n", "issue_deleted"),
    ],
)
def test_incident_comment_deleted_took_the_whole_issue_out(name):
    event = read(name, issue=ISSUE, comment=COMMENT)
    assert (event.name, event.deleted, event.issues) == (name, False, ONE)


def test_incident_the_payload_was_stored_in_place_of_an_answer():
    """It carries neither history nor all comments: nothing of it can be stored, since nothing of it is passed on."""
    assert {*Event.__dataclass_fields__} == {"name", "issues", "deleted", "refresh", "at", "ignored"}
    assert IssueRef._fields == ("id", "key")


def test_incident_an_address_in_the_body_was_fetched():
    attachment = {"id": "5", "self": "http://169.254.169.254/latest", "content": "file:///etc/passwd"}
    event = read("attachment_created", attachment=attachment, issue=ISSUE)
    assert "169" not in repr(event)
    assert "passwd" not in repr(event)
