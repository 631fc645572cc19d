"""Issue pages that are large in whatever they are made of are read in time that grows with their length."""

from __future__ import annotations

import pytest

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.jira_html.page import JiraPage
from tests.unit.effort import MOST, SIZE, relative_cost
from tests.unit.trackers.jira_html.test_activity import comment, german
from tests.unit.trackers.jira_html.test_page import raw

JIRA = JiraPage("https://jira.example.org")
LARGE = {
    "one text": comment(1, "<p>word &amp; word</p>" * (SIZE // len("<p>word &amp; word</p>"))),
    "many comments": "".join(comment(1).replace("comment-1", f"comment-{n}") for n in range(500)),
    "line ends": comment(1, "<br>" * (SIZE // len("<br>"))),
    "nested": comment(1, "<div id='comment-2'>" * 1_500 + "</div>" * 1_500) * 2,
    "ids": "<i id='customfield_1-val'>x</i>" * (SIZE // len("<i id='customfield_1-val'>x</i>")),
    "labels": "<b class=labels><b class=lozenge>x</b></b>"
    * (SIZE // len("<b class=labels><b class=lozenge>x</b></b>")),
    "links": "<div id=linkingmodule>"
    + "<dl><dd><a data-issue-key=A-1>" * (SIZE // len("<dl><dd><a data-issue-key=A-1>")),
    "quotes": "<script>activity-comment" + '"\\"' * 40_000 + "</script>",
    "attributes": "<p " + " ".join(f"a{n}='x'" for n in range(15_000)) + ">",
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_page_is_read_in_linear_time(name):
    inside = LARGE[name]
    body = german(container=f'<div id="issue_actions_container">{inside}</div>', end=inside)

    def read() -> None:
        try:
            JIRA.read_issue(raw(JIRA.read(body, "BUCH-3").payload))
        except Unreadable as error:
            assert name in {"attributes", "links"}, error

    assert relative_cost(read, len(body)) < MOST
