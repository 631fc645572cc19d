"""What each family makes of an issue, before the law is applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from jira_crawler.items import Change, Issue, Person
from jira_crawler.tasks import (
    classification,
    multi_label_classification,
    question_answering,
    status_prediction,
    summarization,
)

Make = Callable[..., Issue]

REPORT = "It stops after an hour of work, every night."
TALK = "I could see this on my machine too, with the newest firmware and a cold start, but not with an older one."


def test_summarization_of_a_description_and_of_a_discussion(make: Make) -> None:
    of_description, of_discussion = summarization.examples(make(description=REPORT, comments=(TALK,)))
    assert (of_description.variant, of_description.input) == ("title_from_description", REPORT)
    assert (of_discussion.variant, of_discussion.input) == ("title_from_discussion", f"## Comment 1\n\n{TALK}")
    assert of_description.output == of_discussion.output == "The pump fails"


@pytest.mark.parametrize(
    "fields",
    [
        {"description": "It just stops."},
        {"description": REPORT, "title": "Pump"},
        {"comments": ("Me too.",)},
        {"comments": ((TALK, "Hudson"),)},
        {},
    ],
)
def test_summarization_needs_something_to_summarise(make: Make, fields: dict[str, object]) -> None:
    assert not list(summarization.examples(make(**fields)))


def test_classification_of_priority_and_type(make: Make) -> None:
    examples = classification.examples(make(description=REPORT, priority="High", issue_type="Bug"))
    assert [(e.variant, e.input, e.output) for e in examples] == [
        ("priority", f"# The pump fails\n\n{REPORT}", "High"),
        ("issue_type", f"# The pump fails\n\n{REPORT}", "Bug"),
        ("project", f"# The pump fails\n\n{REPORT}", "ABC"),
    ]


def test_classification_of_a_title_alone(make: Make) -> None:
    assert [e.output for e in classification.examples(make(priority="High"))] == ["High", "ABC"]
    assert not list(classification.examples(make(title="Pump", priority="High")))
    assert [e.variant for e in classification.examples(make())] == ["project"]


def test_status_with_and_without_the_discussion(make: Make) -> None:
    issue = make(status="Done", resolution="Fixed", comments=("Works again.",))
    assert [(e.variant, e.output, "Works again." in e.input) for e in status_prediction.examples(issue)] == [
        ("status", "Done", False),
        ("resolution", "Fixed", False),
        ("status_after_discussion", "Done", True),
        ("resolution_after_discussion", "Fixed", True),
    ]
    assert [e.variant for e in status_prediction.examples(replace(issue, comments=(), resolution=""))] == ["status"]


def test_sets_of_names_are_sorted(make: Make) -> None:
    examples = multi_label_classification.examples(make(components=("web", "core", "web"), labels=("b", " a")))
    assert [(e.variant, e.output) for e in examples] == [("components", "core, web"), ("labels", "a, b")]


def test_a_name_with_a_comma_makes_no_set(make: Make) -> None:
    assert not list(multi_label_classification.examples(make(components=("SQL, Core", "web"), labels=("", " "))))


def test_each_comment_is_an_answer_once_with_what_came_before(make: Make) -> None:
    issue = make(
        comments=(
            ("I forgot the log file.", "Rita"),
            ("Build failed, see there.", "Jenkins"),
            "Try it again.",
            "+1",
            TALK,
        )
    )
    forgot, reply, later = question_answering.examples(issue)
    assert (forgot.variant, forgot.suffix, forgot.input) == ("next_comment", "1", "# The pump fails")
    assert (reply.variant, reply.suffix, reply.output) == ("first_reply", "3", "Try it again.")
    assert reply.input == "# The pump fails\n\n## Comment 1\n\nI forgot the log file."
    assert (later.variant, later.suffix, later.output) == ("next_comment", "5", TALK)
    assert later.input.endswith("## Comment 2\n\nTry it again.\n\n## Comment 3\n\n+1")


def test_the_comment_made_while_resolving(make: Make) -> None:
    issue = make(comments=("Try it again.", "This is merged now.", "Thanks a lot, all."))
    second = issue.comments[1]
    change = Change(id="1", field="resolution", after="Fixed", author=Person(name="Ann"), created=second.created)
    variants = ["first_reply", "resolving_comment", "next_comment"]
    assert [e.variant for e in question_answering.examples(replace(issue, changes=(change,)))] == variants

    plain = ["first_reply", "next_comment", "next_comment"]
    assert second.created is not None
    for other in (
        replace(change, author=Person(name="Bob")),
        replace(change, created=second.created + timedelta(minutes=9)),
        replace(change, after=""),
        replace(change, field="status"),
        replace(change, created=None),
    ):
        assert [e.variant for e in question_answering.examples(replace(issue, changes=(other,)))] == plain


def test_a_log_is_no_answer(make: Make) -> None:
    assert not list(question_answering.examples(make(comments=("line of a log\n" * 1_000, "see there"))))
