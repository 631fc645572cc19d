"""What a delivery is known by, and what of its headers is kept."""

from __future__ import annotations

import pytest

from jira_crawler.serve.receiver import IDENTIFIER, identity, redacted
from jira_crawler.trackers.jira.webhooks import Event

TIMED, TIMELESS = Event("jira:issue_updated", at=1), Event("jira:issue_updated")


def test_what_a_cloud_delivers_again_has_the_same_identity_whatever_it_says():
    headers = {IDENTIFIER: "one", "X-Atlassian-Webhook-Retry": "1"}
    assert identity(headers, b"a", TIMED) == identity({IDENTIFIER: " one "}, b"b", TIMELESS)
    assert identity(headers, b"a", TIMED) != identity({IDENTIFIER: "two"}, b"a", TIMED)


def test_a_data_center_says_the_same_twice():
    assert identity({}, b"a", TIMED) == identity({}, b"a", TIMED) != identity({}, b"b", TIMED)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b", "\u202e"])
def test_an_identifier_that_is_none_does_not_count(name):
    assert identity({IDENTIFIER: name}, b"a", TIMED) == identity({}, b"a", TIMED)


def test_what_says_no_time_may_be_about_two_changes():
    assert identity({}, b"a", TIMELESS) != identity({}, b"a", TIMELESS)


def test_of_the_headers_nothing_is_kept_that_proves_or_hides_something():
    kept = redacted(
        {
            "Content-Type": "application/json",
            "user-agent": "Atlassian Webhook HTTP Client",
            "x-atlassian-webhook-flow": "Secondary",
            "X-Atlassian-Webhook-Trace": "t" * 600,
            **dict.fromkeys(("Authorization", "Cookie", "X-Hub-Signature", "X-Atlassian-Token", "X-Api-Key"), "secret"),
            **dict.fromkeys(("Proxy-Authorization", "X-Forwarded-For", "X-Forwarded-Access-Token"), "secret"),
        }
    )
    assert {*kept} == {"Content-Type", "User-Agent", "X-Atlassian-Webhook-Flow", "X-Atlassian-Webhook-Trace"}
    assert "secret" not in kept.values()
    assert len(kept["X-Atlassian-Webhook-Trace"]) == 500


def test_headers_without_end_are_cut():
    assert len(redacted({f"X-Atlassian-Webhook-{number}": "x" for number in range(1_000)})) == 20
