"""The families whose answer is a text, before the law is applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from jira_crawler.items import Body, Issue, Original
from jira_crawler.tasks import next_comment, pretraining, question_answering, release_notes, summarization
from jira_crawler.tasks.summarization import without_summary

Make = Callable[..., Issue]

REPORT = "It stops after an hour of work, every night."
TALK = "I could see this on my machine too, with the newest firmware and a cold start, but not with an older one."
ANSWER = "Heat the control unit or install newer firmware."
REST = "The unit has been in use since spring. " * 6


def test_titles_of_a_description_and_of_a_discussion(make: Make) -> None:
    of_description, of_discussion = summarization.examples(make(description=REPORT, comments=(TALK,)))
    assert (of_description.variant, of_description.input) == ("title_from_description", REPORT)
    assert (of_discussion.variant, of_discussion.input) == ("title_from_discussion", f"## user_1\n\n{TALK}")
    assert of_description.output == of_discussion.output == "The pump fails"


def test_a_description_had_its_title_when_it_was_filed(make: Make) -> None:
    first = Original(title="Pump trouble", description=Body("It stops every single night.", "markdown"))
    of_description, of_discussion = summarization.examples(make(description=REPORT, comments=(TALK,), original=first))
    assert (of_description.input, of_description.output) == ("It stops every single night.", "Pump trouble")
    assert of_discussion.output == "The pump fails"


@pytest.mark.parametrize(
    "fields",
    [{"description": "It just stops."}, {"description": REPORT, "title": "Pump"}, {"comments": ("Me too.",)}, {}],
)
def test_a_title_needs_something_to_sum_up(make: Make, fields: dict[str, object]) -> None:
    assert not list(summarization.examples(make(**fields)))


@pytest.mark.parametrize(
    "head",
    [
        "TL;DR: ",
        "tldr ",
        "TL;DR - ",
        "**TL;DR:** ",
        "Summary: ",
        "**Summary**\n\n",
        "## Summary\n\n",
        "### **Executive summary:**\n",
        "Summary\n",
    ],
)
def test_a_summary_in_a_description_is_taken_out(make: Make, head: str) -> None:
    text = "A cold control unit stops the pump\nand nobody is told."
    expected = None if head == "tldr " else (f"Hello.\n\n{REST.strip()}", text)
    assert without_summary(f"Hello.\n\n{head}{text}\n\n{REST}") == expected
    if expected:
        example = list(summarization.examples(make(description=f"Hello.\n\n{head}{text}\n\n{REST}")))[-1]
        assert (example.variant, example.input, example.output) == ("summary", *expected)


@pytest.mark.parametrize(
    "text",
    [
        f"Summary: Too short.\n\n{REST}",
        f"Summary: These are all the units that are concerned:\n\n- one\n\n{REST}",
        "Summary: A cold control unit stops the pump at night.\n\nBut nothing more is said.",
        f"In summary the cold control unit stops the pump.\n\n{REST}",
        f"Summary:\n\n- A cold control unit stops the pump at night.\n\n{REST}",
        f"Summary: {'A cold control unit stops it. ' * 40}\n\n{REST}",
    ],
)
def test_what_is_no_summary_stays(text: str) -> None:
    assert without_summary(text) is None


def test_each_comment_is_an_answer_once_with_what_came_before(make: Make) -> None:
    forgot = "The firmware of my old garden pump is version seven."
    issue = make(description="It stops.", comments=((forgot, "user_0"), ANSWER, "+1", (TALK, "user_0"), TALK))
    (reply,) = question_answering.examples(issue)
    assert (reply.variant, reply.suffix, reply.output) == ("first_reply", "2", ANSWER)
    assert reply.input == f"# The pump fails\n\n## user_0\n\nIt stops.\n\n## user_0\n\n{forgot}"
    assert [(e.variant, e.suffix, e.output) for e in next_comment.examples(issue)] == [
        ("by_reporter", "1", forgot),
        ("by_reporter", "4", TALK),
        ("reply", "5", TALK),
    ]
    assert list(next_comment.examples(issue))[1].input.endswith(f"## user_1\n\n{ANSWER}\n\n## user_1\n\n+1")


def test_the_comment_that_resolves_has_the_thread_before_it(make: Make) -> None:
    issue = make(comments=("Try it again.", ANSWER), resolution="Fixed")
    (example,) = question_answering.examples(replace(issue, resolved=issue.comments[1].created))
    assert (example.variant, example.suffix, example.output) == ("resolving_comment", "2", ANSWER)
    assert example.input == "# The pump fails\n\n## user_1\n\nTry it again."


def test_what_was_edited_after_the_answer_is_not_shown(make: Make) -> None:
    issue = make(comments=("Try it again.", ANSWER))
    edited = replace(issue.comments[0], updated=issue.created + timedelta(days=1))
    (example,) = next_comment.examples(replace(issue, comments=(edited, issue.comments[1])))
    assert example.input == "# The pump fails"


def test_a_release_note_knows_what_was_said_until_the_end(make: Make) -> None:
    note = Body("Pumps start in the cold again.", "markdown")
    issue = make(comments=("Why?", "Done."), release_note=note, resolution="Fixed")
    (example,) = release_notes.examples(replace(issue, resolved=issue.comments[1].created))
    assert (example.variant, example.output) == ("note", note.source)
    assert example.input == "# The pump fails\n\n## user_1\n\nWhy?"
    (undated,) = release_notes.examples(issue)
    assert undated.input.endswith("Done.")


@pytest.mark.parametrize("text", ["", " ", "None", "n/a", "N/A", "Not needed here", "-", "x y z " * 2_000])
def test_what_is_no_release_note(make: Make, text: str) -> None:
    assert not list(release_notes.examples(make(release_note=Body(text, "markdown"))))
    assert not list(release_notes.examples(make()))


def test_the_whole_thread_is_a_text_of_its_own(make: Make) -> None:
    (example,) = pretraining.examples(make(description=REPORT * 5, comments=("Why?",)))
    assert (example.instruction, example.input) == ("", "")
    assert example.output.startswith("<issue_start>\n# The pump fails\n\n## user_0\n\nIt stops")
    assert not list(pretraining.examples(make(description=REPORT)))
