from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Issue
from jira_crawler.tasks.shown import LIMIT, conversation, cut, description, discussion, report, thread

Make = Callable[..., Issue]


def test_a_report_is_title_and_description(make: Make) -> None:
    assert report(make(description="It stops.")) == "# The pump fails\n\nIt stops."
    assert report(make()) == "# The pump fails"


@pytest.mark.parametrize("first", ["The pump fails", "# the pump fails:", "**The pump fails!**"])
def test_a_first_line_that_repeats_the_title_goes(make: Make, first: str) -> None:
    assert description(make(description=f"{first}\n\nIt stops.")) == "It stops."


def test_a_first_line_that_says_more_stays(make: Make) -> None:
    assert description(make(description="The pump fails at night\nIt stops.")) == "The pump fails at night\nIt stops."


def test_the_thread_is_what_people_said_in_order_of_time(make: Make) -> None:
    issue = make(comments=("first", ("+1 overall", "Hadoop QA"), "  ", "last"))
    said = thread(replace(issue, comments=issue.comments[::-1]))
    assert discussion(said) == "## Comment 1\n\nfirst\n\n## Comment 2\n\nlast"


def test_comments_of_one_moment_are_in_order_of_their_ids(make: Make) -> None:
    comments = tuple(replace(c, created=None) for c in make(comments=tuple("abcdefghijkl")).comments)
    assert [c.body.source for c in thread(make(comments=()))] == []
    assert "".join(c.body.source for c in thread(replace(make(), comments=comments[::-1]))) == "abcdefghijkl"


def test_a_conversation_is_the_report_and_the_thread(make: Make) -> None:
    issue = make(description="It stops.", comments=("Why?",))
    assert conversation(issue, issue.comments) == "# The pump fails\n\nIt stops.\n\n## Comment 1\n\nWhy?"


def test_what_is_too_long_loses_its_middle_visibly(make: Make) -> None:
    shown = report(make(description="word " * 10_000 + "end"))
    assert len(shown) <= LIMIT
    assert shown.startswith("# The pump fails\n\nword word")
    assert shown.endswith("word end")
    assert "characters left out …]" in shown


def test_a_long_report_leaves_room_for_the_last_comment(make: Make) -> None:
    issue = make(description="word " * 10_000, comments=("What now?",))
    shown = conversation(issue, issue.comments)
    assert shown.endswith("## Comment 1\n\nWhat now?")
    assert shown.count("left out") == 1


@given(st.text(alphabet=st.sampled_from("ab \n"), max_size=400))
def test_a_cut_keeps_whole_words_and_the_limit(text: str) -> None:
    short = cut(text, 120)
    assert len(short) <= 120
    if short != text:
        head, _, rest = short.partition("[… ")
        _, _, tail = rest.partition(" …]")
        assert text.startswith(head.rstrip())
        assert text.endswith(tail.lstrip())
        assert set(head.split()) | set(tail.split()) <= set(text.split())
