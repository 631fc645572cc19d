"""Whatever is called untouched gives the same rows, and what only another column says touches no table."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from jira_crawler.tables.columns import table_of
from jira_crawler.tables.extract import StoredIssue, Was, extract, extract_changed
from jira_crawler.tables.schemas import schemas
from jira_crawler.tables.untouched import Standing, standing
from tests.unit.tables.made import ANN, BEN, PAYLOAD, Json, at, context, document, payload, status, stored

ALWAYS = {"issues", "issue_versions", "availability_events", "remote_links"}  # never told by versions alone
MADE = {*extract(stored(), context())} | ALWAYS


def changed(after: Json, before: Json = PAYLOAD, **chosen: Any) -> tuple[StoredIssue, StoredIssue]:
    """An issue as it was, and as it is now."""
    was = stored(before, links=b"", version="v1")
    past = Was(was.since, was.since + 1000, was.version, (), was.payload)
    return was, stored(after, since=was.since + 1000, version="v2", past=(past,), **chosen)


def stands(was: StoredIssue) -> Standing:
    """What the row of an issue says."""
    (found,) = standing(table_of(extract(was, context())["issues"], schemas()["issues"])).values()
    return found


def comment(**parts: Any) -> Json:
    made = deepcopy(PAYLOAD["fields"]["comment"])
    made["comments"][0] |= parts
    return made


EDITS: dict[str, tuple[Json, set[str]]] = {
    "nothing": (payload(), set()),
    "a summary": (payload(summary="Another one"), set()),
    "a description": (payload(description=document("Other")), set()),
    "a comment": (payload(comment=comment(body=document("Other"))), {"comments"}),
    "a comment's author": (payload(comment=comment(author=ANN, jsdPublic=True)), {"comments"}),
    "no comments": (payload(comment={"comments": []}), {"comments"}),
    "the first response": (payload(comment=comment(jsdPublic=True)), {"comments", "issue_flow"}),
    "who reported": (payload(reporter=BEN, creator=BEN), {"issue_flow"}),
    "a status": (payload(status=status("3")), {"status_intervals", "issue_flow"}),
    "a creation": (payload(created=at(9)), {"status_intervals", "issue_flow"}),
    "links": (payload(issuelinks=[]), {"issuelinks"}),
    "worklogs": (payload(worklog={"worklogs": []}), {"worklogs"}),
    "a history": (PAYLOAD | {"changelog": {"histories": []}}, {"changelog", "status_intervals", "issue_flow"}),
    "a number": (payload(customfield_1=6), {"custom_fields"}),
    "1 that was a 1.0": (payload(customfield_1=5.0), {"custom_fields"}),
    "true that was a 1": (payload(customfield_7=[1, True]), {"custom_fields"}),
    "no service level": (payload(customfield_6=None), {"custom_fields", "sla_cycles"}),
    "no attachments": (payload(attachment=[]), {"attachments"}),
}


@pytest.mark.parametrize("name", EDITS)
def test_tables_that_are_called_untouched_have_the_same_rows(name):
    after, touched = EDITS[name]
    was, now = changed(after, payload(customfield_7=[True, 1]) if "true" in name else PAYLOAD)
    rows, same = extract_changed(now, context(), stands(was))
    before, whole = extract(was, context()), extract(now, context())
    for table in same.tables:
        assert repr(before.get(table)) == repr(whole.get(table)), table
    assert rows == {table: listed for table, listed in whole.items() if table not in same.tables}
    for column in same.columns:
        assert repr(before["issues"][0].get(column)) == repr(whole["issues"][0].get(column)), column
    # A file's state and a cycle's time of fetching are in no version.
    assert MADE - same.tables - ALWAYS == touched | ({"attachments", "sla_cycles"} & whole.keys())
    assert {"site", "payload_hash", "fetched_at", "quality", "organization_ids"}.isdisjoint(same.columns)
    assert ("description" in same.columns) == (name != "a description")


@pytest.mark.parametrize(
    "differing",
    [
        {"key": "OTHER-1"},
        {"project": "OTHER"},
        {"dialect": "server"},
        {"is_removed": True},
        {"past": ()},
        {"past": (Was(stored().since, 0, "v1", (), b""),)},
        {"past": (Was(stored().since, 0, "v0", (), stored().payload),)},
        {"past": (Was(0, 0, "v1", (), stored().payload),)},
        {"payload": b"["},
    ],
    ids=lambda each: " ".join(each),
)
def test_where_an_issue_is_not_what_it_was_nothing_is_untouched(differing):
    was, now = changed(payload(summary="Another one"))
    now = replace(now, **differing)
    rows, same = extract_changed(now, context(), stands(was))
    assert (same.tables, same.columns) == (set(), set())
    assert rows == extract(now, context())


def test_of_redacted_rows_and_of_what_does_not_stand_there_nothing_is_untouched():
    was, now = changed(payload(summary="Another one"))
    assert not extract_changed(now, context(redacted=True), stands(was))[1].tables
    assert not extract_changed(now, context(), None)[1].tables
    assert not extract_changed(now, context(), replace(stands(was), is_read=False))[1].tables


def test_an_issue_that_stands_there_twice_is_not_told_of():
    (row,) = extract(stored(), context())["issues"]
    other = row | {"issue_id": 1, "fetched_at": 2**60}
    found = standing(table_of([row, other, row], schemas()["issues"]))
    assert {identity: each.since for identity, each in found.items()} == {("acme", 1): 2**60}
