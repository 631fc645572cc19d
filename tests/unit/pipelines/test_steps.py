"""Each step on one issue, without a crawl around it: that is how replay will use them."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from jira_crawler.items import Issue, RawIssue
from jira_crawler.refine.clean import clean
from jira_crawler.refine.redact import redact_issue
from jira_crawler.refine.score import score
from jira_crawler.refine.step import DropIssue
from jira_crawler.refine.validate import validate
from jira_crawler.refine.write_feeds import lines

FIELDS = {
    "summary": "  Broker  loses its lease ",
    "created": "2024-03-01T08:30:00.000+0000",
    "updated": "2024-03-04T09:00:00.000+0000",
    "description": "h2. Steps\r\n{code:java}lease.renew();{code}\r\nMail me at jane@example.org.",
    "issuetype": {"name": "Bug"},
    "status": {"name": "Resolved"},
    "priority": {"name": "Major"},
    "comment": {
        "comments": [
            {"id": "1", "body": "Which version do you run there?", "created": "2024-03-01T09:00:00.000+0000"},
            {"id": "2", "body": "We run *version four* of it.", "created": "2024-03-01T10:00:00.000+0000"},
        ],
        "total": 2,
    },
}


def raw(change: dict | None = None, **top: object) -> RawIssue:
    payload = {"id": "42", "key": "ACME-42", "fields": FIELDS | (change or {})} | top
    return RawIssue(
        site="example",
        base_url="https://jira.example.org",
        dialect="server",
        project="ACME",
        id="42",
        key="ACME-42",
        payload=json.dumps(payload).encode(),
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def refined(change: dict | None = None) -> Issue:
    return score(redact_issue(clean(validate(raw(change))))[0])


def test_validate_gives_a_version_that_ignores_what_changes_by_itself():
    first = validate(raw({"lastViewed": "2024-01-01T00:00:00.000+0000"}))
    again = validate(raw({"lastViewed": "2025-01-01T00:00:00.000+0000"}))
    assert first.version == again.version != validate(raw({"labels": ["new"]})).version


def test_validate_rejects_with_a_reason():
    with pytest.raises(DropIssue, match="malformed") as caught:
        validate(raw({"summary": None}))
    assert (caught.value.stage, caught.value.issue) == ("Validate", None)


def test_validate_rejects_what_is_nested_too_deeply():
    deep = raw()
    payload = deep.payload.replace(b'"Major"', b"[" * 5_000 + b"]" * 5_000)
    with pytest.raises(DropIssue, match="malformed"):
        validate(RawIssue(**{name: getattr(deep, name) for name in deep.__slots__} | {"payload": payload}))


def test_clean_makes_markdown_of_every_body_and_one_line_of_the_title():
    issue = clean(validate(raw()))
    assert issue.title == "Broker loses its lease"
    assert issue.description is not None
    assert issue.description.format == "markdown"
    assert "```java\nlease.renew();\n```" in issue.description.source
    assert issue.comments[1].body.source == "We run **version four** of it."


def test_redact_marks_and_counts():
    issue, counts = redact_issue(clean(validate(raw({"labels": ["jane@example.org"]}))))
    assert "jane@example.org" not in repr([issue.description, issue.labels])
    assert issue.labels == ("<EMAIL>",)
    assert counts == {"email": 2}


def test_score_and_content_depend_on_the_text_alone():
    one, other = refined(), refined({"status": {"name": "Open"}})
    assert one.content == other.content
    assert one.content != refined({"summary": "Something else"}).content
    assert 0 <= one.quality <= 1


def test_lines_are_json_lines_with_stable_distinct_ids():
    text, tasks, dropped, _ = lines(refined())
    examples = [json.loads(line) for line in text.decode().splitlines()]
    assert Counter(each["task_type"] for each in examples) == tasks
    assert len({each["id"] for each in examples}) == len(examples) >= 5
    assert not dropped
    assert lines(refined())[0] == text


def test_an_issue_without_text_teaches_nothing():
    bare = dict.fromkeys(FIELDS) | {"summary": "", "created": FIELDS["created"]}
    with pytest.raises(DropIssue, match="nothing to learn from"):
        lines(refined(bare))
