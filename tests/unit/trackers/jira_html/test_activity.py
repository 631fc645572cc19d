from __future__ import annotations

import pytest

from jira_crawler.exceptions import Unreadable
from jira_crawler.items import Link, Worklog
from jira_crawler.trackers.jira_html.page import JiraPage
from tests.unit.trackers.jira_html.test_page import page, raw

JIRA = JiraPage("https://jira.example.org")
NOTHING_YET = '<div class="message-container">Noch keine Kommentare.</div>'
CONTAINER = f'<div id="issue_actions_container">{NOTHING_YET}</div>'
TABS = '<ul id="issue-tabs"><li class="active" data-id="comment-tabpanel">Kommentare</li></ul>'
COLLAPSED = (
    '<a class="collapsed-comments" href="?page=x&amp;showAll=true">'
    '<span class="show-more-comments" data-collapsed-count="{}">older</span></a>'
)


def comment(number: int, text: str = "text") -> str:
    return (
        f'<div id="comment-{number}" class="issue-data-block activity-comment"><div class="action-details">'
        f'<time datetime="2026-01-0{number}T00:00:00+0000"></time></div><div class="action-body">{text}</div></div>'
    )


def german(**parts: str) -> bytes:
    """The bare page with other tabs or another container."""
    html = page("in_german").decode()
    html = html.replace(TABS, parts.get("tabs", TABS)).replace(CONTAINER, parts.get("container", CONTAINER))
    return html.replace("</body>", parts.get("end", "") + "</body>").encode()


def comments(payload: bytes) -> list[tuple[str, str]]:
    return [(each.id, each.body.source) for each in JIRA.read_issue(raw(payload)).comments]


@pytest.mark.parametrize(
    "within",
    [
        "",
        " \n",
        '<div class="spinner">Loading</div>',
        '<div class="message-container">Lädt…</div>',
        "<script>f()</script>",
    ],
)
def test_an_empty_panel_is_asked_for_and_then_a_browser(within):
    waiting = f'<div id="issue_actions_container">{within}</div>'
    shown = JIRA.read(german(container=waiting), "BUCH-3")
    assert (shown.wants, shown.needs_browser, shown.cut) == (("comment",), False, ("comment",))
    tried = JIRA.join(shown, "comment", waiting.encode())
    assert (tried.wants, tried.needs_browser, tried.cut) == ((), True, ("comment",))
    found = JIRA.join(shown, "comment", comment(1).encode())
    assert (found.wants, found.needs_browser, found.cut) == ((), False, ())
    assert comments(found.payload) == [("1", "text")]


def test_without_tabs_every_panel_is_asked_for():
    shown = JIRA.read(german(tabs="", container=""), "BUCH-3")
    assert shown.wants == ("comment", "changehistory", "worklog")


def test_the_tab_of_everything_is_read_for_everything():
    tabs = TABS.replace(
        "</ul>", "".join(f'<li data-id="{t}-tabpanel"></li>' for t in ("all", "worklog", "changehistory"))
    )
    shown = JIRA.read(german(tabs=tabs + "</ul>", container="<p></p>"), "BUCH-3")
    assert shown.wants == ("comment", "changehistory", "worklog")
    worked = '<div id="worklog-4" class="issue-data-block"><div class="worklog-duration">2 days</div></div>'
    all_ = JIRA.join(shown, "all", (comment(2) + worked + comment(1)).encode())
    assert (all_.wants, all_.cut) == ((), ())
    assert comments(all_.payload) == [("1", "text"), ("2", "text")]
    assert JIRA.read_issue(raw(all_.payload)).worklogs == (Worklog(id="4"),)


def test_comments_that_are_told_and_not_found_are_said():
    body = german(container=f'<div id="issue_actions_container">{COLLAPSED.format(2)}{comment(3)}</div>')
    shown = JIRA.read(body, "BUCH-3")
    assert (shown.wants, shown.cut) == (("comment",), ("comment",))
    assert [(cut.have, cut.total) for cut in shown.cuts] == [(1, 3)]
    fewer = JIRA.join(shown, "comment", (comment(2) + comment(3)).encode())
    assert [(cut.have, cut.total) for cut in fewer.cuts] == [(2, 3)]
    assert (fewer.cut, fewer.needs_browser) == (("comment",), True)
    all_of_them = JIRA.join(shown, "comment", (comment(1) + comment(2) + comment(3)).encode())
    assert (all_of_them.cut, all_of_them.cuts, all_of_them.needs_browser) == ((), (), False)


def test_a_pinned_comment_may_be_one_of_the_older_ones():
    pinned = f'<div id="pinned-comments">{comment(1)}{comment(3)}</div>'
    body = german(container=f'<div id="issue_actions_container">{pinned}{COLLAPSED.format(2)}{comment(3)}</div>')
    shown = JIRA.read(body, "BUCH-3")
    assert [(cut.have, cut.total) for cut in shown.cuts] == [(2, 3)]
    more = JIRA.join(shown, "comment", (pinned + comment(1) + comment(2) + comment(3)).encode())
    assert (more.cut, more.cuts, [id_ for id_, _ in comments(more.payload)]) == ((), (), ["1", "2", "3"])


def test_older_comments_without_a_number_are_missing_until_they_came():
    link = COLLAPSED.format("").replace(' data-collapsed-count=""', "")
    shown = JIRA.read(german(container=f'<div id="issue_actions_container">{link}{comment(3)}</div>'), "BUCH-3")
    assert (shown.wants, shown.cut, shown.cuts) == (("comment",), ("comment",), ())
    same = JIRA.join(shown, "comment", (link + comment(3)).encode())
    assert (same.wants, same.cut, same.needs_browser) == ((), ("comment",), True)
    more = JIRA.join(shown, "comment", (comment(1) + comment(3)).encode())
    assert (more.wants, more.cut, more.needs_browser) == ((), (), False)


def test_a_comment_without_its_text_is_counted_and_not_read():
    short = comment(1).replace("action-body", "other")
    shown = JIRA.read(german(container=f'<div id="issue_actions_container">{short}{comment(2)}</div>'), "BUCH-3")
    assert [(cut.have, cut.total) for cut in shown.cuts] == [(1, 2)]
    assert comments(shown.payload) == [("2", "text")]


def test_what_somebody_wrote_is_no_comment():
    forged = comment(1, comment(2, "forged") + '<div class="action-body">x</div>')
    end = '<script>WRM._unparsedData["title"]="' + comment(3).replace('"', '\\"') + '";</script>'
    shown = JIRA.read(german(container=f'<div id="issue_actions_container">{forged}</div>', end=end), "BUCH-3")
    assert [id_ for id_, _ in comments(shown.payload)] == ["1"]


def test_a_whole_page_in_place_of_a_panel_is_read_where_the_panel_stands():
    shown = JIRA.read(german(container=""), "BUCH-3")
    answer = german(container=f'<div id="issue_actions_container">{comment(1)}</div>', end=comment(9))
    assert comments(JIRA.join(shown, "comment", answer).payload) == [("1", "text")]


def test_a_panel_that_is_none_is_refused_and_changes_nothing():
    shown = JIRA.read(german(), "BUCH-3")
    with pytest.raises(Unreadable, match="login form"):
        JIRA.join(shown, "comment", b'<form id="login-form"></form>')


@pytest.mark.parametrize(
    ("relation", "outward"),
    [
        ("duplicates", True),
        ("is duplicated by", False),
        ("is related to", False),
        ("relates to", True),
        ("split from", False),
        ("is a clone of", True),
    ],
)
def test_the_end_of_a_link_shows_in_its_phrase(relation, outward):
    link = f'<dl><dt title="{relation}"></dt><dd><a data-issue-key="X-1" class="issue-link">X-1</a></dd></dl>'
    end = f'<div id="linkingmodule"><div class="links-container">{link}</div></div>'
    issue = JIRA.read_issue(raw(JIRA.read(german(end=end), "BUCH-3").payload))
    assert issue.links == (Link(type="", relation=relation, key="X-1", outward=outward),)
