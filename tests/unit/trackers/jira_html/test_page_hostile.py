from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jira_crawler.exceptions import Malformed, Unreadable
from jira_crawler.trackers.jira_html.page import JiraPage
from tests.unit.trackers.jira_html.test_activity import comment, german
from tests.unit.trackers.jira_html.test_page import CASES, page, raw

JIRA = JiraPage("https://jira.example.org")
PIECES = [
    *(
        b"<a id='key-val' rel='1'>A-1</a>",
        b"<h1 id=summary-val>s</h1>",
        b"<i id=type-val>Bug</i>",
        b"<i id=status-val>x</i>",
    ),
    *(
        b"<b id=created-val><time datetime='2026-01-01'></b>",
        b"<b id=updated-val><time datetime='0001-01-01T00:00+23:00'></b>",
    ),
    *(b"<div id='description-val'>", b"</div>", b"<div id=activitymodule>", b"<div id='issue_actions_container'>"),
    *(
        b"<div id=comment-1><p class=action-body>",
        b"<div id=changehistory-2><tr><td class=activity-name>Status",
        b"\xff\x00",
    ),
    *(
        b"<!--",
        b"-->",
        b"<script>x='activity-comment<p>\\u{fffffff}\\ud800",
        b"</script>",
        b"<svg><",
        b"<table><td>",
        b"&#0;&#xd800;",
    ),
    *(
        b"<div id=linkingmodule><dl><dt><dd><a data-issue-key=A-1>",
        b"<li id=attachmentmodule><li><a href=/secure/attachment/9/%ff>",
    ),
    *(
        b"<i id=customfield_1-val>",
        b"<strong>Release Note:</strong>",
        b"<div id=worklog-9>",
        b"</body></html>",
        b"<title>\x1f",
    ),
]


def survives(body: bytes) -> None:
    for key in ("A-1", "ACME-42"):
        try:
            shown = JIRA.read(body, key)
        except Unreadable:
            continue
        assert JIRA.read_issue(raw(shown.payload)).id == shown.id
        try:
            JIRA.join(shown, "comment", body)
        except Unreadable:
            continue


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_unreadable(body):
    survives(body + b"<p></html>")


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_no_markup_does_more_than_be_unreadable(pieces):
    survives(b"".join(PIECES[:5]) + b"".join(pieces) + b"</html>")
    survives(b"".join(pieces) + b"</html>")


@settings(max_examples=60)
@given(st.sampled_from(sorted(CASES)), st.integers(0, 20_000), st.sampled_from(PIECES), st.integers(0, 200))
def test_no_wound_does_more_than_be_unreadable(case, at, piece, lost):
    body = page(case)
    survives(body[:at] + piece + body[at + lost :])


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: msgspec.json.encode({"page": text})))
def test_no_payload_does_more_than_be_malformed(payload):
    with pytest.raises(Malformed):
        JIRA.read_issue(raw(payload))


@pytest.mark.parametrize("tag", ["b", "div", "table"])
def test_what_is_nested_too_deeply_is_refused_and_not_cut_short(tag):
    body = german(container=f'<div id="issue_actions_container">{comment(1, f"<{tag}>" * 3000)}{comment(2)}</div>')
    with pytest.raises(Unreadable, match="nested too deeply"):
        JIRA.read(body, "BUCH-3")
    shown = JIRA.read(german(), "BUCH-3")
    with pytest.raises(Unreadable, match="nested too deeply"):
        JIRA.join(shown, "comment", (comment(1, f"<{tag}>" * 3000 + f"</{tag}>" * 3000) + comment(2)).encode())
