"""How the steps are run is chosen by two settings; what becomes of an issue that is only stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from scrapy.settings import Settings

from jira_crawler.items import RawIssue
from jira_crawler.pipelines.processor import BATCH_ISSUES, batch_issues, unrefined
from jira_crawler.refine.outcome import Summary
from jira_crawler.refine.validate import validate

FIELDS = {"summary": "It leaks", "created": "2026-01-02T03:04:05.000+0000", "project": {"key": "ACME"}}
ISSUE = RawIssue(
    site="example",
    base_url="http://localhost",
    dialect="server",
    project="ACME",
    id="7",
    key="ACME-7",
    payload=json.dumps({"id": "7", "key": "ACME-7", "fields": FIELDS}).encode(),
    fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("chosen", "together"),
    [
        ({"REFINE_PROCESSES": 1}, 0),
        ({"REFINE_PROCESSES": 2}, BATCH_ISSUES),
        ({"REFINE_PROCESSES": 2, "CLOSESPIDER_ITEMCOUNT": 9}, 1),
        ({"REFINE_PROCESSES": 1, "SCRAPE_ONLY": True}, BATCH_ISSUES),
    ],
)
def test_issues_go_on_together_where_they_need_not_go_one_by_one(chosen, together):
    assert batch_issues(Settings({"SCRAPE_ONLY": False, **chosen})) == together


def fields(**changes: object) -> RawIssue:
    return replace(ISSUE, payload=json.dumps({"id": "7", "key": "ACME-7", "fields": FIELDS | changes}).encode())


@pytest.mark.parametrize(
    "raw",
    [
        ISSUE,
        fields(updated="2026-02-03T04:05:06.000+0200"),
        fields(updated="yesterday"),
        fields(project=None),
        fields(project={"key": "acme"}),
    ],
)
def test_a_glance_says_what_reading_it_whole_would(raw):
    seen, read = unrefined(raw), Summary.of(validate(raw))
    assert (seen.stage, seen.reason) == ("Keep", "not refined yet")
    assert seen.summary == Summary(read.project, read.key, read.created, read.updated, "", "", b"")


@pytest.mark.parametrize(
    ("raw", "stage", "reason"),
    [
        (fields(created=None), "Validate", "created"),
        (fields(created="soon"), "Validate", "created is not a date"),
        (fields(project={"key": "OTHER"}), "Validate", "no key of the project"),
        (replace(ISSUE, payload=b'{"id": "7"}'), "Validate", "malformed"),
        (replace(ISSUE, payload=b"[" * 5_000), "Validate", "malformed"),
        (replace(ISSUE, payload=b"", failed="it did not come"), "Fetch", "it did not come"),
    ],
)
def test_what_can_be_seen_to_be_no_issue_is_a_reject_by_now(raw, stage, reason):
    outcome = unrefined(raw)
    assert outcome.stage == stage
    assert reason in outcome.reason
    assert outcome.summary is None
