from __future__ import annotations

import pytest

from jira_crawler.tasks.leak import is_listed, listed


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Priority: Major", "priority"),
        ("It fails.\n\n* **Priority:** P1\n", "priority"),
        ("| Severity | S2 |", "priority"),
        ("> severity = High", "priority"),
        ("STATUS: Resolved", "status"),
        ("- status -> in progress", "status"),
        ("Resolution: Won't Fix", "status"),
        ("Issue Type: Bug", "type"),
        ("type: new feature", "type"),
        ("Component/s: web", "components"),
        ("Components: core, web", "components"),
        ("Labels: winter", "labels"),
        ("Project: Pumps", "project"),
        ("Project Key: ABC", "project"),
    ],
)
def test_a_field_with_a_value_is_listed(text: str, field: str) -> None:
    assert listed(text) == {field}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Its priority is high, and the type of pump is a bug trap.",
        "Status: 404",
        "HTTP status: 200 OK",
        "type: string",
        '{"type": "bug"}',
        "const type = Bug",
        "    projects: 12",
        "high priority: no",
        "Resolution: 1920x1080",
        "state: CA",
        "tag:",
        "typed: bug",
        "priority:\nhigh",
    ],
)
def test_prose_code_and_logs_are_no_listing(text: str) -> None:
    assert not listed(text)


def test_each_variant_is_asked_after_its_own_field() -> None:
    text = "Status: Open\nPriority: Low"
    assert is_listed("status", text)
    assert is_listed("resolution_after_discussion", text)
    assert is_listed("priority", text)
    assert not is_listed("issue_type", text)
    assert not is_listed("bucket", text)


def test_hostile_text_is_read_in_a_blink() -> None:
    for text in (" " * 500_000, "type" * 100_000, "type: \n" * 60_000, "status:" + " " * 500_000, ">*|" * 150_000):
        assert not listed(text)
