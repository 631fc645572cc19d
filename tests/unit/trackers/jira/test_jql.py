from __future__ import annotations

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.trackers.contract import Window
from jira_crawler.trackers.jira import jql


@pytest.mark.parametrize(
    ("slice_", "since", "expected"),
    [
        (Window("DO"), 0, 'project = "DO"'),
        (Window("DO", start=5), 0, 'project = "DO" AND created >= 5'),
        (Window("DO", start=5), 9, 'project = "DO" AND created >= 9'),
        (Window("DO", start=5, end=60), 0, 'project = "DO" AND created >= 5 AND created < 60'),
        (Window("DO", "a = 1 OR b = 2"), 0, 'project = "DO" AND (a = 1 OR b = 2)'),
    ],
)
def test_where(slice_, since, expected):
    assert jql.where(slice_, since) == expected


def test_the_order_is_one_that_no_edit_disturbs():
    assert jql.ordered(Window("DO"), 0).endswith(" ORDER BY created ASC, key ASC")


@pytest.mark.parametrize(
    "text", ["status = Open", ' text ~ "order by (me" ', "a in (1, 2) AND (b = 'it''s')", 'x = "a\\"("']
)
def test_a_restriction_may_hold_anything_in_quotes(text):
    assert jql.restriction(text) == text.strip()


@pytest.mark.parametrize("text", ["a = 1 order  by key", "a = 1) OR (b = 2", "((a = 1)", 'a = "open', "a = 'open"])
def test_a_restriction_cannot_reach_out_of_its_brackets(text):
    with pytest.raises(BadArgument):
        jql.restriction(text)
