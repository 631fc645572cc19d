from __future__ import annotations

import pytest

from jira_crawler.trackers.answers import trouble, words


@pytest.mark.parametrize(
    ("status", "media_type", "body", "location", "expected"),
    [
        (200, "application/json", b'{"a": [1]}', "", ""),
        (200, "application/json", b'{"a": [1', "", "broken JSON"),
        (200, "application/json", b"", "", "broken JSON"),
        (200, "text/html", b"<html><title>Log in\n - Jira</title>", "", "a page instead of JSON ('Log in - Jira')"),
        (200, "application/json", b"<html>", "", "a page instead of JSON"),
        (302, "", b"", "https://jira/login.jsp?token=secret", "a redirect to https://jira/login.jsp"),
        (301, "", b"", "", "a redirect to nowhere"),
        (503, "text/html", b"<html>", "", "status 503"),
        (500, "application/json", b"{}", "", "status 500"),
        (400, "application/json", b'{"errorMessages": ["No."]}', "", ""),
        (404, "text/html", b"<html>", "", ""),
    ],
)
def test_trouble(status, media_type, body, location, expected):
    assert trouble(status, media_type, body, location) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"errorMessages": ["The value \'X\' does  not exist."], "errors": {}}', "The value 'X' does not exist."),
        (b'{"errorMessages": [], "errors": {"jql": "Wrong."}}', "Wrong."),
        (b'{"message": "null for uri: /x", "status-code": 404}', "null for uri: /x"),
        (b"<html>", ""),
        (b"[1]", ""),
        (b'{"errorMessages": null, "errors": null}', ""),
    ],
)
def test_words(body, expected):
    assert words(body) == expected
