"""What a query finds, compared with what a plain walk over all issues would find."""

from __future__ import annotations

import random
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_jira.data.dates import literal, stamp
from fake_jira.jql.grammar import WrongQuery, parse
from fake_jira.jql.meaning import Circumstances, condition
from fake_jira.jql.search import ordering, search
from fake_jira.options import Options
from fake_jira.server.assembly import assemble

CORPUS = assemble(Options(issues=400, seed=3), "http://sandbox").corpus
ISSUES = sorted(CORPUS.by_id.values(), key=lambda issue: (issue.created, issue.project, issue.number))
VISIBLE = frozenset(CORPUS.projects)
NOW = max(issue.updated for issue in ISSUES)


def meant(jql: str, **changes):
    at = Circumstances(**{"corpus": CORPUS, "visible": VISIBLE, "now": NOW, **changes})
    return condition(parse(jql).where, at)[0]


def found(jql: str, start: int = 0, size: int = 10_000, seed: int = 1, **changes):
    order = ordering(parse(jql).order)
    return search(CORPUS, VISIBLE, meant(jql, **changes), order, start, size, random.Random(seed))


def keys(jql: str, **options) -> list[str]:
    return [issue.key for issue in found(jql, **options).issues]


@given(st.integers(0, 399), st.integers(0, 60), st.integers(1, 60), st.sampled_from(["asc", "desc"]))
def test_keyset_pages_equal_a_plain_walk(at, start, size, direction):
    bound = ISSUES[at].created
    comparison = ">=" if direction == "asc" else "<="
    expected = [
        one
        for one in ISSUES
        if one.project == "DEMO" and (one.created >= bound if direction == "asc" else one.created <= bound)
    ]
    expected = expected if direction == "asc" else expected[::-1]
    jql = f'project = "DEMO" AND created {comparison} {bound} ORDER BY created {direction}, key {direction}'
    page = found(jql, start, size)
    assert page.total == len(expected)
    assert [one.key for one in page.issues] == [one.key for one in expected[start : start + size]]


@given(st.integers(0, 30), st.integers(1, 30))
def test_pages_of_one_deal_cover_a_listing_without_key_order(seed, size):
    whole = [
        issue for start in range(0, 400, size) for issue in found("order by created", start, size, seed=seed).issues
    ]
    assert [issue.created for issue in whole] == [issue.created for issue in ISSUES]


@given(st.integers(0, 399), st.sampled_from(["created", "updated"]), st.sampled_from(["", "created", "updated", "key"]))
def test_every_way_to_look_finds_the_same(at, date, order):
    """Bounds on one date in the order of another: whichever timeline is taken."""
    bound = getattr(ISSUES[at], date)
    jql = f"project = DEMO and {date} >= {bound} and {date} < {bound + 10**10} and status != Open"
    expected = [
        one
        for one in ISSUES
        if one.project == "DEMO" and bound <= getattr(one, date) < bound + 10**10 and one.facets[0][0] != "open"
    ]
    if order == "updated":
        expected.sort(key=lambda one: (one.updated, one.number))
    elif order in ("", "key"):
        expected.sort(key=lambda one: one.number, reverse=not order)
    asked = f"{jql} order by {order}" + ("" if order == "key" else ", key") if order else jql
    assert keys(asked) == [one.key for one in expected]
    assert keys(asked, start=3, size=4) == [one.key for one in expected][3:7]


def test_ties_beyond_the_order_change_between_requests():
    tied = [found("order by created", seed=seed).issues for seed in range(5)]
    assert len({tuple(issue.id for issue in page) for page in tied}) > 1
    statuses = [found("order by status", seed=seed).issues for seed in range(3)]
    assert len({tuple(issue.id for issue in page) for page in statuses}) == 3


def test_facets():
    opened = set(keys("status = Open"))
    assert opened and opened == set(keys('status in ("open", 1)')) & opened
    assert len(keys("status != open")) + len(opened) == 400
    assert set(keys("assignee is empty")) | set(keys("assignee is not empty")) == set(keys(""))
    assert keys("resolution = Unresolved") == keys("resolution is EMPTY")
    assert set(keys("labels = docs")).isdisjoint(keys("labels != docs"))
    assert not keys("labels != docs and labels is empty")


def test_text():
    word = ISSUES[5].summary.split()[0]
    assert ISSUES[5].key in keys(f'summary ~ "{word}"')
    assert ISSUES[5].key in keys(f'text ~ "{word.lower()}"')
    assert ISSUES[5].key not in keys(f'summary !~ "{word}"')


def test_keys_and_ids_are_one_clause():
    some = ISSUES[30]
    assert keys(f"id = {some.id}") == keys(f"issuekey in ({some.key})") == [some.key]
    after = found(f"id > {some.id} order by id asc").issues
    assert {issue.project for issue in after} == {some.project}
    assert [issue.number for issue in after] == sorted(
        i.number for i in ISSUES if i.project == some.project and i.number > some.number
    )


def test_keys_that_do_not_exist():
    with pytest.raises(WrongQuery) as refused:
        meant("key in (DEMO-99999, DEMO-99998)")
    assert refused.value.args == tuple(
        f"An issue with key '{key}' does not exist for field 'key'." for key in ("DEMO-99999", "DEMO-99998")
    )
    assert keys("key < DEMO-99999", missing_keys_match_nothing=True) == []
    with pytest.raises(WrongQuery, match=r"The issue key 'abc' for field 'key' is invalid\."):
        meant("key = abc")


def test_a_moved_key_is_no_bound():
    old = next(iter(CORPUS.moved))
    with pytest.raises(WrongQuery, match=f"cannot be applied to moved issue key '{old}'"):
        meant(f"key > {old}")


@pytest.mark.parametrize(
    ("jql", "sentence"),
    [
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
        ("foo = 1", "Field 'foo' does not exist or you do not have permission to view it."),
        ("project ~ DEMO", "The operator '~' is not supported by the 'project' field."),
        ('updated > "yesterday"', "Date value 'yesterday' for field 'updated' is invalid."),
        ('updated > "1457000000000"', "Date value '1457000000000' for field 'updated' is invalid."),
        ("created > soon()", "Unable to find JQL function 'soon()'."),
        ("status = Sleeping", "does not exist for the field 'status'."),
    ],
)
def test_what_jira_objects_to(jql, sentence):
    with pytest.raises(WrongQuery) as refused:
        meant(jql)
    assert sentence in refused.value.args[0]


def test_orders_that_jira_does_not_know():
    with pytest.raises(WrongQuery, match=r"Not able to sort using field 'text'\."):
        ordering(parse("order by text").order)
    with pytest.raises(WrongQuery, match="Field 'foo' does not exist"):
        ordering(parse("order by foo").order)


def test_date_literals():
    berlin = ZoneInfo("Europe/Berlin")
    assert stamp(literal("2024-07-01 12:00", True, berlin, 0)) == "2024-07-01T10:00:00.000+0000"
    assert stamp(literal("2024/01/01", True, berlin, 0)) == "2023-12-31T23:00:00.000+0000"
    assert literal("1457000012345", False, UTC, 0) == 1457000012345
    assert literal("1457000012345", False, UTC, 0, honour_ms=False) == 1456999980000
    assert literal("-5d", True, UTC, 10**12) == 10**12 - 5 * 86_400_000
    assert literal("4w 2d", False, UTC, 0) == 30 * 86_400_000
    assert literal("next week", True, UTC, 0) is None


def test_archived_issues_are_not_found():
    corpus = assemble(Options(issues=20, archived=("DEMO-1",)), "http://sandbox").corpus
    at = Circumstances(corpus=corpus, visible=frozenset(corpus.projects), now=0)
    for jql in ("", "key = DEMO-1"):
        page = search(corpus, at.visible, condition(parse(jql).where, at)[0], ordering(()), 0, 99, random.Random(1))
        assert "DEMO-1" not in [issue.key for issue in page.issues]
    assert corpus.find("DEMO-1")
