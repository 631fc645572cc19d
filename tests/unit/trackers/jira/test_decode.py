"""Each folder of fixtures/trackers holds a payload and the issue that it must become."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from jira_crawler.exceptions import Malformed
from jira_crawler.items import RawIssue
from jira_crawler.trackers.jira.decode import read_issue
from jira_crawler.trackers.moments import moment

CASES = sorted((Path(__file__).parent.parent.parent.parent / "fixtures" / "trackers").iterdir())


def raw(payload: bytes) -> RawIssue:
    return RawIssue(
        site="example",
        base_url="https://jira.example.org",
        dialect="server",
        project="ACME",
        id="",
        key="",
        payload=payload,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_payload_becomes_its_issue(case):
    issue = asdict(read_issue(raw((case / "payload.json").read_bytes())))
    # No Jira has the next three, and no reader gives the last two.
    for name in ("raw", "milestone", "closings", "pull", "people", "mentions"):
        del issue[name]
    assert json.loads(orjson.dumps(issue, default=bytes.decode)) == json.loads((case / "issue.json").read_bytes())


GOOD = {"id": "1", "key": "ACME-1", "fields": {"summary": "s", "created": "2024-01-01T00:00:00.000+0000"}}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": 1}, r"\$\.id"),
        ({"id": "one"}, "is not a number"),
        ({"key": "../../etc/passwd-1"}, "is not an issue key"),
        ({"key": "ACME"}, "is not an issue key"),
        ({"fields": None}, r"\$\.fields"),
        ({"fields": GOOD["fields"] | {"summary": None}}, r"\$\.fields\.summary"),
        ({"fields": GOOD["fields"] | {"created": "today"}}, "created is not a date"),
        ({"fields": GOOD["fields"] | {"labels": "a b"}}, r"\$\.fields\.labels"),
        ({"fields": GOOD["fields"] | {"description": 3}}, "neither a string nor a document"),
        ({"fields": GOOD["fields"] | {"project": {"key": "../x"}}}, "not a project key"),
        (
            {"fields": GOOD["fields"] | {"comment": {"comments": [{"body": "x"}]}}},
            r"\$\.fields\.comment\.comments\[0\]",
        ),
    ],
)
def test_a_malformed_issue_is_named_by_place_and_reason(change, reason):
    read_issue(raw(json.dumps(GOOD).encode()))
    with pytest.raises(Malformed, match=reason):
        read_issue(raw(json.dumps(GOOD | change).encode()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-10-26T07:31:58.000+0000", datetime(2025, 10, 26, 7, 31, 58, tzinfo=UTC)),
        ("2025-10-26T09:31:58.413+0200", datetime(2025, 10, 26, 7, 31, 58, 413000, tzinfo=UTC)),
        ("2025-10-26T07:31:58Z", datetime(2025, 10, 26, 7, 31, 58, tzinfo=UTC)),
        ("Sun Oct 26 07:45:28 UTC 2025", None),
        ("", None),
        (None, None),
    ],
)
def test_moment(text, expected):
    assert moment(text) == expected


def test_texts_that_no_person_wrote_are_malformed(monkeypatch):
    monkeypatch.setattr("jira_crawler.trackers.jira.decode.LONGEST_TEXT", 102)
    monkeypatch.setattr("jira_crawler.trackers.jira.decode.LONGEST_TEXTS", 250)

    def told(description: int, *comments: int) -> bytes:
        entries = [{"id": str(n), "body": "c" * size} for n, size in enumerate(comments)]
        fields = GOOD["fields"] | {"description": "d" * description, "comment": {"comments": entries}}
        return json.dumps(GOOD | {"fields": fields}).encode()

    assert len(read_issue(raw(told(100, 100, 50))).comments) == 2
    with pytest.raises(Malformed, match="a text of 103 bytes"):
        read_issue(raw(told(5, 101)))
    with pytest.raises(Malformed, match="texts of 251 characters together"):
        read_issue(raw(told(100, 100, 51)))
