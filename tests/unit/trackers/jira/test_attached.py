"""What hangs on an issue: files and links as they are told of, and addresses that lead nowhere else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.exceptions import Unreadable
from jira_crawler.sites import within
from jira_crawler.trackers import tracker
from jira_crawler.trackers.jira.attached import Attachment, attachments, read_remote_links, segment

BASE = "https://jira.example.org/jira"


def told(*entries: object) -> bytes:
    return json.dumps({"id": "1", "fields": {"attachment": list(entries)}}).encode()


def test_files_are_told_of_in_the_order_of_their_ids():
    found = attachments(
        told(
            {"id": "20", "filename": "b.png", "size": 7, "mimeType": "image/png"},
            {"id": 3, "filename": None, "size": "7"},
        )
    )
    assert found == [Attachment("3", "", -1, ""), Attachment("20", "b.png", 7, "image/png")]


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "../1", "size": 1},
        {"id": "1/2"},
        {"id": True},
        {"id": None},
        {"id": "9" * 19},
        {"filename": "no id"},
        "text",
        None,
        7,
    ],
)
def test_what_has_no_id_that_is_one_is_no_file(entry):
    assert attachments(told(entry, {"id": "5"})) == [Attachment("5", "", -1, "")]


@pytest.mark.parametrize("size", [-1, 2**70, 1.5, True, None, "12"])
def test_a_size_that_is_none_is_not_known(size):
    assert attachments(told({"id": "5", "size": size}))[0].size == -1


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b'{"fields": null}', b'{"fields": {"attachment": {}}}', b"{}"])
def test_what_is_no_issue_has_no_files(payload):
    assert attachments(payload) == []


def test_the_same_links_are_written_alike_in_whichever_order_they_come():
    one, other = {"id": 9, "object": {"url": "u"}}, {"object": {}, "id": 10}
    written = read_remote_links(json.dumps([other, one]).encode())
    assert written == read_remote_links(json.dumps([one, other], indent=1).encode())
    assert [link["id"] for link in json.loads(written)] == [9, 10]


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"[[]]", b"<html>", b'{"errorMessages": []}'])
def test_what_is_no_list_of_links_is_unreadable(body):
    with pytest.raises(Unreadable):
        read_remote_links(body)


@pytest.mark.parametrize(
    "name", ["..", ".", "../../etc/passwd", "a/b", "a\\b", "\0", "", " ", "a;b", "%2e%2e", "x" * 300]
)
def test_a_name_that_servers_may_read_in_another_way_is_not_sent(name):
    assert segment(name) == "file"


def test_a_plain_name_is_sent_as_it_is():
    assert segment("screen shot.png") == "screen%20shot.png"


@given(st.text())
def test_no_name_leads_out_of_the_site(name):
    for dialect in ("server", "cloud"):
        query = tracker(dialect, BASE).attachment("10", name)
        assert within(query.address, BASE)
        assert "/attachment" in query.address
