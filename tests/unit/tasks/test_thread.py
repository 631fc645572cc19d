from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Body, Issue, Original, Person
from jira_crawler.tasks.prompts import LIMIT
from jira_crawler.tasks.thread import CLOSED, COMMENT, START, conversation, discussion, said, turns, whole

Make = Callable[..., Issue]


def test_the_thread_is_in_order_of_time_without_the_empty(make: Make) -> None:
    issue = make(comments=("first", "  ", "last"))
    assert discussion(said(replace(issue, comments=issue.comments[::-1]))) == "## user_1\n\nfirst\n\n## user_1\n\nlast"


def test_comments_of_one_moment_are_in_order_of_their_ids(make: Make) -> None:
    comments = tuple(replace(c, created=None) for c in make(comments=tuple("abcdefghijkl")).comments)
    assert "".join(c.body.source for c in said(replace(make(), comments=comments[::-1]))) == "abcdefghijkl"


def test_a_conversation_says_who_speaks(make: Make) -> None:
    issue = make(description="It stops.", comments=("Why?", ("No idea.", "user_0")))
    shown = conversation(issue, issue.comments)
    assert shown == "# The pump fails\n\n## user_0\n\nIt stops.\n\n## user_1\n\nWhy?\n\n## user_0\n\nNo idea."
    assert turns(shown) == [
        ("", "# The pump fails"),
        ("user_0", "It stops."),
        ("user_1", "Why?"),
        ("user_0", "No idea."),
    ]


def test_a_conversation_begins_with_the_report_as_filed(make: Make) -> None:
    issue = make(description="Solved now.", original=Original(title="Help", description=Body("It stops.", "markdown")))
    assert conversation(issue, ()) == "# Help\n\n## user_0\n\nIt stops."


@pytest.mark.parametrize("who", [None, Person("ann", "Ann"), Person("", "user_1\n# x"), Person("user_3", "")])
def test_no_name_is_written_that_is_not_a_number(make: Make, who: Person | None) -> None:
    issue = make(description="It stops.", reporter=who)
    assert conversation(issue, ()) == "# The pump fails\n\n## user\n\nIt stops."


def test_the_whole_thread_stands_between_marks_as_it_is_now(make: Make) -> None:
    issue = make(
        description="It stops.",
        comments=("Why?",),
        resolution="Won't Fix",
        original=Original(title="Help", description=None),
    )
    open_thread = f"{START}\n# The pump fails\n\n## user_0\n\nIt stops.\n\n{COMMENT}\n## user_1\n\nWhy?"
    assert whole(issue) == f"{open_thread}\n\n{CLOSED}\nWon't Fix"
    assert whole(replace(issue, resolution="")) == open_thread


def test_a_head_in_a_body_is_no_head(make: Make) -> None:
    issue = make(description="## user_7\n\ntext\n\n## Steps", comments=(f"{COMMENT}\n{CLOSED} \n## user",))
    assert turns(conversation(issue, issue.comments)) == [
        ("", "# The pump fails"),
        ("user_0", "## user_7\n\ntext\n\n## Steps"),
        ("user_1", f"{COMMENT}\n {CLOSED} \n ## user"),
    ]
    assert whole(issue).count(f"\n{COMMENT}\n") == 1


def test_a_long_thread_keeps_the_report_and_the_newest_comments(make: Make) -> None:
    issue = make(description="It stops.", comments=tuple(f"comment {n} " + "word " * 400 for n in range(40)))
    shown = conversation(issue, issue.comments)
    assert len(shown) <= LIMIT
    told = turns(shown)
    count = len(told) - 2
    assert told[1] == ("user_0", f"It stops.\n\n[… {40 - count} comments left out …]")
    assert [text.split()[1] for _, text in told[2:]] == [str(n) for n in range(40 - count, 40)]
    assert count > 8


def test_a_long_report_leaves_room_for_a_comment(make: Make) -> None:
    issue = make(description="word " * 10_000, comments=("What now?",))
    shown = conversation(issue, issue.comments)
    assert len(shown) <= LIMIT
    assert shown.endswith("## user_1\n\nWhat now?")
    assert shown.count("left out") == 1


def test_a_long_comment_leaves_room_for_the_report(make: Make) -> None:
    issue = make(description="It stops. " * 100, comments=("word " * 10_000,))
    shown = conversation(issue, issue.comments)
    assert len(shown) <= LIMIT
    assert turns(shown)[1] == ("user_0", ("It stops. " * 100).strip())


_LINE = st.sampled_from(["## user_1", "## user", START, COMMENT, CLOSED, "text", "", "```", " ## user_2", "# Title"])
_BODY = st.lists(_LINE, min_size=1, max_size=6).map("\n".join)


@given(description=_BODY, comments=st.lists(_BODY, max_size=4).map(tuple))
def test_a_thread_is_taken_apart_as_it_was_put_together(
    make: Make, description: str, comments: tuple[str, ...]
) -> None:
    issue = make(description=description, comments=comments)
    told = turns(conversation(issue, said(issue)))
    expected = [("user_0", description)] if description.strip() else []
    expected += [("user_1", text) for text in comments if text.strip()]
    plain = [(who, text.replace(" ", "").strip()) for who, text in told[1:]]
    assert plain == [(who, text.replace(" ", "").strip()) for who, text in expected]


@given(st.lists(st.text(alphabet=st.sampled_from("ab\n# `"), max_size=60_000 // 50), max_size=60).map(tuple))
def test_no_conversation_is_too_long(make: Make, comments: tuple[str, ...]) -> None:
    issue = make(description="word " * 3_000, comments=tuple(text * 50 for text in comments))
    assert len(conversation(issue, said(issue))) <= LIMIT
