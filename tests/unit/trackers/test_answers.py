from __future__ import annotations

import pytest

from jira_crawler.trackers.answers import lacks_project, trouble, words


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


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"errorMessages": [{"a": 1}, ["b"], null, 3, "No."], "errors": [{}, "Wrong."]}', "No. Wrong."),
        (b'{"errorMessages": "No.", "errors": "Wrong.", "message": {"a": "b"}}', "No. Wrong. b"),
        (b'{"errorMessages": 5, "errors": 3.5, "message": true}', ""),
        (b'{"errorMessages": ["\xff"]}', ""),
        (b'{"errors": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", ""),
    ],
)
def test_words_of_what_no_jira_says(body, expected):
    assert words(body) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("The value 'NOPE' does not exist for the field 'project'.", True),
        ("The value 'nope' does not exist for the field 'project'.", True),
        ("The value 'OTHER' does not exist for the field 'project'.", False),
        ("The value 'NOPE' does not exist for the field 'status'.", False),
        ("Field 'NOPE' does not exist or you do not have permission to view it.", False),
        ("An issue with key 'NOPE-99999999' does not exist for field 'key'.", False),
        ("Error in the JQL Query: Expecting ')' before the end of the query.", False),
    ],
)
def test_whether_a_project_is_missing_or_a_query_is_wrong(said, expected):
    assert lacks_project(said, "NOPE") is expected
