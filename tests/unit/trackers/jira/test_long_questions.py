"""What is too long for an address goes as a body, which says the same in the words of its dialect."""

from __future__ import annotations

import json

import pytest

from jira_crawler.trackers.contract import LONGEST, Cursor, Query, Window
from jira_crawler.trackers.jira.cloud import JiraCloud
from jira_crawler.trackers.jira.server import JiraServer

BASE = "https://jira.example.org"
SERVER, CLOUD = JiraServer(BASE), JiraCloud(BASE)
SHORT, LONG = Window("ACME", "status = Open"), Window("ACME", " OR ".join(["status = Open"] * 200))
AT = Cursor(offset=40, token="opaque")


def test_a_long_search_of_data_center_is_posted() -> None:
    asked = SERVER.search(LONG, AT, 100)
    assert (asked.method, asked.address) == ("POST", f"{BASE}/rest/api/2/search")
    told = json.loads(asked.body)
    assert told.pop("jql").startswith('project = "ACME" AND (status = Open OR ')
    assert told == {"maxResults": 100, "startAt": 40, "fields": ["*all"], "expand": ["changelog", "names"]}


def test_a_long_search_of_cloud_is_posted() -> None:
    asked = CLOUD.search(LONG, AT, 100)
    assert (asked.method, asked.address) == ("POST", f"{BASE}/rest/api/3/search/jql")
    told = json.loads(asked.body)
    assert told.pop("jql").startswith('project = "ACME" AND (status = Open OR ')
    assert told == {"maxResults": 100, "nextPageToken": "opaque", "fields": ["*all"], "expand": "changelog,names"}


def test_a_long_token_is_posted() -> None:
    asked = CLOUD.search(SHORT, Cursor(token="x" * 3_000), 100)
    assert asked.method == "POST"
    assert json.loads(asked.body)["nextPageToken"] == "x" * 3_000


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (SERVER.count(SHORT), SERVER.count(LONG)),
        (SERVER.listing(SHORT, AT, 9), SERVER.listing(LONG, AT, 9)),
        (CLOUD.listing(SHORT, AT, 9), CLOUD.listing(LONG, AT, 9)),
    ],
)
def test_only_what_is_long_is_posted(short: Query, long: Query) -> None:
    assert (short.method, long.method) == ("GET", "POST")
    assert json.loads(long.body).keys() == dict(short.params).keys()


def test_an_address_is_as_long_as_it_may_be() -> None:
    room = LONGEST - len(SERVER.count(Window("ACME", "x")).address)
    assert [SERVER.count(Window("ACME", "x" * (1 + more))).method for more in (room, room + 1)] == ["GET", "POST"]
