from __future__ import annotations

import json

import msgspec
import pytest

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.contract import IssueStub, Truncation
from jira_crawler.trackers.jira import embedded


def glance(issue: object) -> IssueStub:
    return embedded.glance(json.dumps(issue).encode())


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
    assert seen.cuts == (Truncation("worklog", 1, 48), Truncation("changelog", 0, 3))


@pytest.mark.parametrize(
    "issue", [3, [], {"id": 5}, {"id": None}, {"id": "²"}, {"id": "٣"}, {"id": "5-6"}, {"id": ""}, {"id": "1" * 19}]
)
def test_an_unreadable_issue_is_seen_as_one_without_a_name(issue):
    assert glance(issue) == IssueStub("", "", 0, json.dumps(issue).encode())


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"id": 5}, ("", "A-1", 1704067201000)),
        ({"key": 5}, ("7", "", 1704067201000)),
        ({"key": "A-" + "1" * 1000}, ("7", "", 1704067201000)),
        ({"fields": 3}, ("7", "A-1", 0)),
        ({"fields": {"created": 1704067201000}}, ("7", "A-1", 0)),
        ({"fields": {"comment": [1], "created": "2024-01-01T00:00:01.000+0000"}}, ("7", "A-1", 1704067201000)),
        ({"changelog": {"histories": [{"id": None}]}}, ("7", "A-1", 1704067201000)),
    ],
)
def test_of_a_malformed_issue_is_seen_what_can_be_seen(change, seen):
    whole = {"id": "7", "key": "A-1", "fields": {"created": "2024-01-01T00:00:01.000+0000"}} | change
    found = glance(whole)
    assert ((found.id, found.key, found.created), found.cuts) == (seen, ())
    assert json.loads(found.payload) == whole


def test_bad_utf8_spoils_nothing_but_the_text_it_is_in():
    found = embedded.glance(msgspec.Raw(b'{"id": "7", "key": "A-\xff", "fields": {"summary": "\xff"}}'))
    assert (found.id, found.key) == ("7", "")


def test_a_list_that_repeats_an_entry_is_cut():
    fields = {"worklog": {"worklogs": entries(1, 1, 2), "total": 3}}
    assert glance({"id": "7", "fields": fields}).cuts == (Truncation("worklog", 2, 3),)


@pytest.mark.parametrize("total", [-1, 1.5, 1e308, 10**23, "3", True, [], {}])
def test_a_list_with_a_total_that_is_none_is_asked_for_at_its_own_address(total):
    fields = {"worklog": {"worklogs": entries(1), "total": total}}
    seen = glance({"id": "7", "key": "A-1", "fields": fields})
    assert (seen.id, seen.cuts) == ("7", (Truncation("worklog", 1, 0),))


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
        json.dumps(issue).encode(), Truncation("comment", 2, 4), json.dumps(answer).encode(), "comments"
    )
    whole = json.loads(payload)["fields"]["comment"]
    assert [each["id"] for each in whole["comments"]] == ["1", "2", "3", "4"]
    assert (whole["total"], whole["maxResults"], left) == (4, 4, None)


def test_joining_goes_on_until_all_is_read():
    issue = {"id": "1", "changelog": {"histories": entries(9), "total": 9}, "fields": {}}
    cut = Truncation("changelog", 1, 9)
    payload, left = embedded.join(
        json.dumps(issue).encode(), cut, json.dumps({"values": entries(1, 2, 3), "total": 9}).encode(), "values"
    )
    assert left == Truncation("changelog", 4, 9, read=3, asked=1)
    assert embedded.join(payload, left, json.dumps({"values": [], "total": 9}).encode(), "values")[1] == left


def test_a_shorter_answer_never_takes_anything_away():
    issue = {"id": "1", "fields": {"worklog": {"worklogs": entries(1, 2, 3), "total": 5}}}
    payload, left = embedded.join(
        json.dumps(issue).encode(),
        Truncation("worklog", 3, 5),
        json.dumps({"worklogs": entries(2)}).encode(),
        "worklogs",
    )
    assert [each["id"] for each in json.loads(payload)["fields"]["worklog"]["worklogs"]] == ["1", "2", "3"]
    assert left is None  # its own address has no more than that


def test_an_answer_that_repeats_what_is_here_completes_nothing():
    issue = {"id": "1", "fields": {"worklog": {"worklogs": entries(1, 2), "total": 4}}}
    cut = Truncation("worklog", 2, 4)
    answer = {"worklogs": [*entries(1, 2), *entries(1, 2)], "total": 4}
    assert embedded.join(json.dumps(issue).encode(), cut, json.dumps(answer).encode(), "worklogs")[1] is cut


@pytest.mark.parametrize(
    ("size", "before", "most"),
    [(1, 0, embedded.FEW), (20, 0, 100), (20, embedded.PATIENCE - 60, embedded.PATIENCE)],
    ids=["little at a time", "much at a time", "much at a time and for long"],
)
def test_a_list_that_goes_on_and_on_is_left_at_some_point(size, before, most):
    """As many times had been asked before; a hundred times more is as long as is looked on here."""
    payload = b'{"id": "1", "changelog": {"histories": []}}'
    left, asked = Truncation("changelog", 0, 0, before * size, before), before
    while asked < before + 100:
        body = json.dumps({"values": [{"id": f"{asked}-{n}"} for n in range(size)], "total": 999_999}).encode()
        payload, after = embedded.join(payload, left, body, "values")
        asked += 1
        if after == left:
            break
        left = after
    assert asked == most


def test_the_rest_of_an_issue_stays_closed_when_a_list_is_joined():
    odd = b'{"x": %b, "fields": {"y": 1e999, "worklog": {"worklogs": [], "total": 1}}}' % (b"9" * 5000)
    answer = json.dumps({"worklogs": entries(1)}).encode()
    payload, left = embedded.join(odd, Truncation("worklog", 0, 1), answer, "worklogs")
    assert left is None
    assert b"9" * 5000 in payload and b"1e999" in payload
    assert b'"total":1' in payload


ODD = [
    b'{"id": 3}', b'{"id": null}', b"{}", b"3", b"null", b'{"id": "1", "created": 3}', b'{"id": "\xff"}', b'{"id": ""}',
    b'{"id": "\\ud800"}', b'{"id": "1", "created": NaN}', b"[" * 5000 + b"]" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("entry", ODD, ids=range(len(ODD)))
def test_an_entry_that_is_none_spoils_the_answer_and_not_the_issue(entry):
    issue = b'{"id": "1", "fields": {"worklog": {"worklogs": [{"id": "7"}], "total": 5}}}'
    with pytest.raises(Unreadable):
        embedded.join(issue, Truncation("worklog", 1, 5), b'{"worklogs": [%b], "total": 5}' % entry, "worklogs")


@pytest.mark.parametrize("total", [b"-1", b"1.5", b"1e308", b"9" * 23, b"9" * 5000, b'"5"', b"[]"])
def test_an_answer_whose_total_is_none_completes_nothing(total):
    issue = b'{"id": "1", "fields": {"worklog": {"worklogs": [], "total": 5}}}'
    with pytest.raises(Unreadable, match="its total is no number of entries"):
        embedded.join(issue, Truncation("worklog", 0, 5), b'{"worklogs": [], "total": %b}' % total, "worklogs")


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"worklogs": [3]}', b"<html>", b'{"worklogs": null}'])
def test_what_is_no_list_of_entries(body):
    issue = b'{"id": "1", "fields": {"worklog": {"worklogs": [], "total": 5}}}'
    with pytest.raises(Unreadable):
        embedded.join(issue, Truncation("worklog", 0, 5), body, "worklogs")
