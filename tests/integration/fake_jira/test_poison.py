"""Issues that a server chokes on."""

from __future__ import annotations

import http.client

import pytest

from fake_jira import running
from tests.integration.fake_jira.asking import ask


@pytest.fixture(params=["server", "cloud"])
def jira(request):
    with running(issues=30, seed=5, dialect=request.param, poison=("DEMO-7",)) as sandbox:
        yield sandbox


def read(jira, **query):
    return ask(f"{jira.url}/rest/api/{jira.jira.embedding.api}/issue/DEMO-7", **query)


def search(jira, jql="project = DEMO", **query):
    address = "rest/api/2/search" if jira.jira.name == "server" else "rest/api/3/search/jql"
    return ask(f"{jira.url}/{address}", jql=jql, maxResults=100, **query)


def test_a_page_fails_with_it_and_not_without(jira):
    assert search(jira, fields="*all").status == 500
    assert search(jira, fields="summary").status == 200
    assert search(jira, fields="id", expand="changelog").status == 500
    assert search(jira, "project = DEMO and key != DEMO-7", fields="*all").status == 200
    assert search(jira, fields="id").status == 200


@pytest.mark.parametrize("fields", ["*all,-issuelinks", "issuelinks", "summary", "*navigable,-issuelinks"])
def test_the_issue_comes_in_parts(jira, fields):
    assert read(jira, fields=fields).status == 200


@pytest.mark.parametrize("query", [{}, {"fields": "*all"}, {"fields": "issuelinks,summary"}, {"expand": "changelog"}])
def test_the_issue_does_not_come_whole(jira, query):
    assert read(jira, **query).status == 500


def test_hard_poison_leaves_no_way(jira):
    jira.poison.hard = True
    assert read(jira, fields="issuelinks").status == read(jira, fields="*all,-issuelinks").status == 500
    assert search(jira, fields="id").status == 200


def test_poison_stays_in_an_issue_that_moves_and_leaves_with_it(jira):
    jira.mutations.apply("move", "DEMO-7")
    assert read(jira).status == 500
    assert search(jira, fields="*all").status == 200
    jira.mutations.apply("delete", "DEMO-7")
    assert read(jira).status == 404
    jira.poison.names.add("DEMO-1")
    assert search(jira, fields="*all").status == 500


def test_other_ways_to_fail(jira):
    jira.poison.how = "truncated"
    with pytest.raises(http.client.IncompleteRead):
        read(jira)
    jira.poison.how = "slow:0.05"
    with pytest.raises(ConnectionError):
        search(jira, fields="*all")
    assert jira.requests[-1][2] == 0


def test_each_may_say_how_bad_it_is(jira):
    jira.poison.names, jira.poison.hub = {"DEMO-7:dark"}, 0.05
    assert search(jira, fields="id").status == read(jira, fields="summary").status == 500
    assert search(jira, "project = DEMO and key != DEMO-7", fields="*all").status == 200
    jira.poison.names = {"DEMO-7:full"}
    assert search(jira, fields="id").status == read(jira, fields="*all,-issuelinks").status == 200
    assert search(jira, fields="*all").status == read(jira).status == 500
    jira.poison.names = {"DEMO-7:hub"}
    assert search(jira, fields="created").status == read(jira, fields="*all,-issuelinks").status == 200
    for fields in ("issuelinks", "*all"):
        with pytest.raises(ConnectionError):
            read(jira, fields=fields)


def test_bulk_fetch_fails_as_a_page_does():
    with running(issues=30, seed=5, dialect="cloud", poison=("DEMO-7",)) as jira:
        asked = {"issueIdsOrKeys": ["DEMO-7"], "fields": ["*all"]}
        assert ask(f"{jira.url}/rest/api/3/issue/bulkfetch", asked).status == 500
