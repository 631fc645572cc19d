"""Each folder of fixtures/jira_page holds a page, its panels, and the issue that they must become."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from jira_crawler.exceptions import Malformed, Unreadable
from jira_crawler.items import RawIssue
from jira_crawler.refine.validate import validate
from jira_crawler.trackers import reader
from jira_crawler.trackers.jira_html.page import JiraPage, Shown
from jira_crawler.trackers.jira_html.refusal import Moved

FIXTURES = Path(__file__).parent.parent.parent.parent / "fixtures" / "jira_page"
CASES = {"hidden_comments": "ACME-42", "pinned_and_collapsed": "GEAR-7", "in_german": "BUCH-3"}
JIRA = JiraPage("https://jira.example.org/jira")


def page(case: str) -> bytes:
    return (FIXTURES / case / "page.html").read_bytes()


def whole(case: str, first: bytes = b"") -> Shown:
    shown = JIRA.read(first or page(case), CASES[case])
    for which in shown.wants:
        shown = JIRA.join(shown, which, (FIXTURES / case / f"{which}.html").read_bytes())
    return shown


def raw(payload: bytes, cut: tuple[str, ...] = ()) -> RawIssue:
    return RawIssue(
        site="example",
        base_url=JIRA.base,
        dialect="page",
        project="ACME",
        id="",
        key="",
        payload=payload,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        cut=cut,
    )


@pytest.mark.parametrize("case", CASES)
def test_a_page_and_its_panels_become_their_issue(case):
    shown = whole(case)
    assert (shown.wants, shown.needs_browser, shown.cut, shown.cuts) == ((), False, (), ())
    issue = asdict(reader("page", JIRA.base).read_issue(raw(shown.payload)))
    # No Jira has the next three, and no reader gives the last two.
    for name in ("raw", "milestone", "closings", "pull", "people", "mentions"):
        del issue[name]
    assert json.loads(orjson.dumps(issue, default=bytes.decode)) == json.loads(
        (FIXTURES / case / "issue.json").read_bytes()
    )


def test_what_is_shown_at_first_sight():
    shown = JIRA.read(page("hidden_comments"), "acme-42")
    assert (shown.id, shown.key) == ("13000042", "ACME-42")
    assert (shown.created, shown.updated) == (1709281800000, 1709542800000)
    assert shown.wants == ("changehistory", "worklog")
    assert shown.cut == ("changelog", "worklog")


def test_what_was_not_read_is_said_in_the_issue():
    payload = JIRA.read(page("hidden_comments"), "ACME-42").payload
    assert JIRA.read_issue(raw(payload, ("worklog",))).cut == ("worklog", "changelog")


def test_the_questions():
    assert JIRA.ask("ACME-42").address == "https://jira.example.org/jira/browse/ACME-42"
    asked = JIRA.panel("ACME-42", "comment")
    assert asked.address == (
        "https://jira.example.org/jira/browse/ACME-42"
        "?page=com.atlassian.jira.plugin.system.issuetabpanels%3Acomment-tabpanel&showAll=true"
    )
    assert asked.headers == (("X-Requested-With", "XMLHttpRequest"),)
    assert "showAll" not in JIRA.panel("ACME-42", "worklog").address


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("login", "^a login form$"),
        ("maintenance", "^a maintenance page$"),
        ("missing", "^no such issue, or none for us$"),
        ("other", "^not the markup of an issue page: it names no key$"),
    ],
)
def test_what_is_no_issue_page_is_refused_with_a_reason(name, why):
    body = (FIXTURES / "refused" / f"{name}.html").read_bytes()
    with pytest.raises(Unreadable, match=why):
        JIRA.read(body, "ACME-42")
    shown = JIRA.read(page("hidden_comments"), "ACME-42")
    with pytest.raises(Unreadable):
        JIRA.join(shown, "worklog", body)


@pytest.mark.parametrize(
    ("body", "why"), [(b"", "empty"), (b" \n", "empty"), (b'{"errorMessages":[]}', "no page at all")]
)
def test_an_answer_without_markup_is_refused(body, why):
    with pytest.raises(Unreadable, match=why):
        JIRA.read(body, "ACME-42")


@pytest.mark.parametrize("case", CASES)
def test_half_a_page_is_refused_wherever_it_breaks_off(case):
    body = page(case)
    for end in range(0, body.rindex(b"</html>"), 97):
        with pytest.raises(Unreadable):
            JIRA.read(body[:end], CASES[case])


def test_half_a_panel_is_refused():
    shown = JIRA.read(page("hidden_comments"), "ACME-42")
    panel = (FIXTURES / "hidden_comments" / "changehistory.html").read_bytes().rstrip()
    for end in range(0, len(panel) - 1, 41):
        with pytest.raises(Unreadable):
            JIRA.join(shown, "changehistory", panel[:end])


@pytest.mark.parametrize(
    ("pattern", "lacks"),
    [
        (rb"<h1 id=.*</h1>", "summary"),
        (rb'id="type-val"', "type"),
        (rb'<span id="status-val" class="value">.*</span></span>', "status"),
        (rb'id="created-val"', "created"),
        (rb"2024-03-01T08:30:00\+0000", "created"),
    ],
)
def test_a_page_that_lacks_what_every_issue_has_is_no_issue(pattern, lacks):
    body = re.sub(pattern, b"", page("hidden_comments"))
    with pytest.raises(Unreadable, match=f"shows no {lacks}"):
        JIRA.read(body, "ACME-42")
    with pytest.raises(Malformed, match=f"shows no {lacks}"):
        JIRA.read_issue(raw(json.dumps({"page": body.decode()}).encode()))


def test_the_page_of_another_issue_says_which():
    with pytest.raises(Moved, match="OLD-9 is ACME-42 now") as moved:
        JIRA.read(page("hidden_comments"), "OLD-9")
    assert moved.value.key == "ACME-42"


@pytest.mark.parametrize("key", ["../../etc/passwd-1", "ACME", "ACME-1/x", ""])
def test_no_key_can_leave_its_folder(key):
    body = page("hidden_comments").replace(b'data-issue-key="ACME-42"', b"").replace(b">ACME-42<", f">{key}<".encode())
    with pytest.raises(Unreadable, match="names no key"):
        JIRA.read(body, key)


@pytest.mark.parametrize("number", [b"", b"0", b"1e5", b"../1", "١٢".encode()])
def test_an_id_is_a_number_or_is_looked_for_elsewhere(number):
    body = page("hidden_comments").replace(b'rel="13000042"', b'rel="' + number + b'"')
    assert JIRA.read(body, "ACME-42").id == "13000042"
    with pytest.raises(Unreadable, match="shows no id"):
        JIRA.read(body.replace(b"13000042", b"x"), "ACME-42")


def test_the_version_is_the_same_at_every_look_and_another_after_a_change():
    again = page("hidden_comments").replace(b"AAAA-BBBB", b"WWWW-ZZZZ").replace(b"0.234 s", b"1.9 s")
    again = again.replace(b"2 days ago", b"3 days ago").replace(b">3</aui-badge>", b">4</aui-badge>")
    versions = [
        validate(raw(whole("hidden_comments", body).payload)).version for body in (page("hidden_comments"), again)
    ]
    assert versions[0] == versions[1]
    changed = again.replace(b"the lease is gone", b"the lease is lost")
    assert validate(raw(whole("hidden_comments", changed).payload)).version != versions[0]


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b'{"page": 1}', b'{"page": "", "panels": {"comment": null}}'])
def test_a_payload_of_another_shape_is_malformed(payload):
    with pytest.raises(Malformed):
        JIRA.read_issue(raw(payload))
