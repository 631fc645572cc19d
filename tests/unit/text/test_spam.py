"""Advertisements and insults are told from reports, and reports about either are left alone."""

from datetime import UTC, datetime

import pytest

from jira_crawler.items import Body, Issue, RawIssue
from jira_crawler.text.spam import unwanted

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RAW = RawIssue(site="s", base_url="", dialect="server", project="A", id="1", key="A-1", payload=b"{}", fetched_at=NOON)
SPAM = (
    "1 800 555 0142 Acme Support Number",
    "1-81-555-0142 How to Use Acme",
    "Acme Printer Customer Service Phone Number 1 888 555 0142",
    "(1 888 555 0142) Acme Technical Support",
    "+① ⑧⑧⑧ ⑤⑤⑤ ⓪①④② acme games customer service phone number",
    "+1*888*555*0142 acme customer service",
    "{<{1-8888-55-0142}>}Acme Tech Support Phone Number",
    "Acme helpline 18885550142",
)
REPORTS = (
    "Phone number 1 888 555 0142 is not parsed",
    "Customer service number field is missing",
    "1 000 000 0000 rows are read slowly",
    "Upgrade derby from 10.14.2 to 10.17.1",
    "CVE-2024-31141 1 234 567 8901 found",
    "Viagra filter does not catch this",
    "WTF::Function crash",
    "This fucking thing throws an exception",
    "2026-03-01 12:00:00 1888555014 seconds",
    "",
    "1-888-555-0142",
)


def issue(title: str, description: str = "") -> Issue:
    body = Body(description, "markdown") if description else None
    return Issue(
        site="s",
        id="1",
        key="A-1",
        project="A",
        url="",
        title=title,
        description=body,
        created=NOON,
        updated=NOON,
        raw=RAW,
    )


@pytest.mark.parametrize("title", SPAM)
def test_advertisements_are_spam(title):
    assert unwanted(issue(title)) == "spam"


@pytest.mark.parametrize("title", REPORTS)
def test_reports_are_not(title):
    assert unwanted(issue(title)) == ""


def test_goods_are_spam_with_a_link_only():
    assert unwanted(issue("Best online casino", "Look at https://x.example.org")) == "spam"
    assert unwanted(issue("Best online casino", "Look.")) == ""
    assert unwanted(issue("Online casino plugin crashes", "See https://x.example.org")) == ""


def test_only_what_says_nothing_else_is_abuse():
    assert unwanted(issue("fuck you all")) == "abuse"
    assert unwanted(issue("Fuck this bullshit", "assholes")) == "abuse"
    assert unwanted(issue("fuck", "word " * 60)) == ""
    assert unwanted(issue("A fine title", "fuck fuck")) == ""
