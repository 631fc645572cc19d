from __future__ import annotations

import json

import msgspec
import pytest

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers import embedded
from jira_crawler.trackers.contract import Cut, Listed


def glance(issue: object) -> Listed:
    return embedded.glance(msgspec.Raw(json.dumps(issue).encode()))


def entries(*ids: int) -> list[dict]:
    return [{"id": str(n), "created": f"2024-01-{n:02}T00:00:00.000+0000"} for n in ids]


def test_a_glance_sees_what_is_cut():
    fields = {
        "created": "2024-01-01T00:00:01.000+0000",
        "comment": {"comments": entries(1, 2), "total": 2, "maxResults": 2},
        "worklog": {"worklogs": entries(1), "total": 48, "maxResults": 20},
    }
    seen = glance({"id": "7", "key": "A-1", "fields": fields, "changelog": {"histories": [], "total": 3}})
    assert (seen.id, seen.key, seen.created) == ("7", "A-1", 1704067201000)
    assert seen.cuts == (Cut("worklog", 1, 48), Cut("changelog", 0, 3))


@pytest.mark.parametrize(
    "issue", [3, [], {"key": "A-1"}, {"id": 5}, {"id": "5", "fields": {"comment": [1]}}, {"id": "5", "fields": 3}]
)
def test_an_unreadable_issue_is_seen_as_one_without_a_name(issue):
    assert glance(issue) == Listed("", "", 0, json.dumps(issue).encode())


def test_one_bad_issue_leaves_its_page_readable():
    page = embedded.read_search(b'{"issues": [{"id": "1"}, 3, {"id": "2", "key": "A-2"}], "total": 3}')
    assert [embedded.glance(raw).id for raw in page.issues] == ["1", "", "2"]


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"issues": 3}', b"", b"<html>"])
def test_what_is_no_page(body):
    with pytest.raises(Unreadable):
        embedded.read_search(body)


@pytest.mark.parametrize("levels", [3_000, 100_000])
def test_an_issue_nested_too_deeply_leaves_its_page_readable(levels):
    nested = b"[" * levels + rb'"]\"]{"' + b"]" * levels
    body = b'{"names": {"issues": []}, "issues": [{"id": "1", "x": %b}, {"id": "2"}], "total": 2}' % nested
    page = embedded.read_search(body)
    assert [embedded.glance(raw).id for raw in page.issues] == ["", "2"]
    assert page.total == 2
    assert bytes(page.issues[0]) == b'{"id": "1", "x": %b}' % nested


def test_joining_adds_by_id_and_orders_by_age():
    issue = {"id": "1", "fields": {"comment": {"comments": entries(3, 4), "total": 4}}}
    answer = {"comments": entries(1, 2, 3), "total": 4}
    payload, left = embedded.join(
        json.dumps(issue).encode(), Cut("comment", 2, 4), json.dumps(answer).encode(), "comments"
    )
    whole = json.loads(payload)["fields"]["comment"]
    assert [each["id"] for each in whole["comments"]] == ["1", "2", "3", "4"]
    assert (whole["total"], whole["maxResults"], left) == (4, 4, None)


def test_joining_goes_on_until_all_is_read():
    issue = {"id": "1", "changelog": {"histories": entries(9), "total": 9}, "fields": {}}
    cut = Cut("changelog", 1, 9)
    payload, left = embedded.join(
        json.dumps(issue).encode(), cut, json.dumps({"values": entries(1, 2, 3), "total": 9}).encode(), "values"
    )
    assert left == Cut("changelog", 4, 9, read=3)
    assert embedded.join(payload, left, json.dumps({"values": [], "total": 9}).encode(), "values")[1] == left


def test_a_shorter_answer_never_takes_anything_away():
    issue = {"id": "1", "fields": {"worklog": {"worklogs": entries(1, 2, 3), "total": 5}}}
    payload, left = embedded.join(
        json.dumps(issue).encode(), Cut("worklog", 3, 5), json.dumps({"worklogs": entries(2)}).encode(), "worklogs"
    )
    assert [each["id"] for each in json.loads(payload)["fields"]["worklog"]["worklogs"]] == ["1", "2", "3"]
    assert left is None  # its own address has no more than that


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"worklogs": [3]}', b"<html>", b'{"worklogs": null}'])
def test_what_is_no_list_of_entries(body):
    issue = b'{"id": "1", "fields": {"worklog": {"worklogs": [], "total": 5}}}'
    with pytest.raises(Unreadable):
        embedded.join(issue, Cut("worklog", 0, 5), body, "worklogs")
