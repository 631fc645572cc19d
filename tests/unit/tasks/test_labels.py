"""The families whose answer is a label, before the law is applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jira_crawler.items import Body, Change, Issue, Original
from jira_crawler.tasks import (
    classification,
    multi_label_classification,
    status_prediction,
    time_to_reply,
    time_to_resolution,
)
from jira_crawler.tasks.labels import chosen, is_choice, is_kind

Make = Callable[..., Issue]

NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)
REPORT = "It stops after an hour of work, every night."
FILED = Original(title="Pump?", description=Body("Help me.", "markdown"), issue_type="Task", priority="Low")


def variants(family: object, issue: Issue) -> list[tuple[str, str]]:
    return [(e.variant, e.output) for e in family.examples(issue)]  # type: ignore[attr-defined]


def test_priority_type_and_project(make: Make) -> None:
    examples = list(classification.examples(make(description=REPORT, priority="High", issue_type="Bug")))
    assert [(e.variant, e.output) for e in examples] == [
        ("priority", "High"),
        ("issue_type", "Bug"),
        ("project", "ABC"),
    ]
    assert {e.input for e in examples} == {f"# The pump fails\n\n{REPORT}"}


def test_what_is_shown_was_filed_and_what_is_asked_is_now(make: Make) -> None:
    issue = make(description=REPORT, priority="High", issue_type="Bug", original=FILED)
    assert {(e.input, e.output) for e in classification.examples(issue)} == {
        ("# Pump?\n\nHelp me.", "High"),
        ("# Pump?\n\nHelp me.", "Bug"),
        ("# Pump?\n\nHelp me.", "ABC"),
    }


def test_a_bare_title_teaches_something_and_a_word_nothing(make: Make) -> None:
    assert variants(classification, make(priority="High")) == [("priority", "High"), ("project", "ABC")]
    assert not list(classification.examples(make(title="Pump", priority="High")))
    assert not list(multi_label_classification.examples(make(title="Pump", labels=("a",))))
    assert not list(time_to_resolution.examples(make(title="Pump", resolution="Fixed", resolved=NOON)))


@pytest.mark.parametrize(
    "label", ["", " ", "None", "n/a", "Unresolved", "--", "Not Set", "Undefined", "To be determined"]
)
def test_what_nobody_chose_is_not_asked_for(make: Make, label: str) -> None:
    assert not is_choice(label)
    issue = make(priority=label, issue_type=label, resolution=label, components=(label,), labels=(label,))
    assert variants(classification, issue) == [("project", "ABC")]
    assert not list(multi_label_classification.examples(issue))
    assert not list(status_prediction.examples(issue))


@pytest.mark.parametrize("name", ["Sub-task", "Subtask", "Technical task", "Dev Sub-task"])
def test_a_place_is_no_kind(name: str) -> None:
    assert is_choice(name)
    assert not is_kind(name)
    assert is_kind("Task")


def test_sets_of_names_are_sorted(make: Make) -> None:
    issue = make(components=("web", "core", "web"), labels=("b", " a"))
    assert variants(multi_label_classification, issue) == [("components", "core, web"), ("labels", "a, b")]


def test_a_name_with_a_comma_makes_no_set(make: Make) -> None:
    assert not list(multi_label_classification.examples(make(components=("SQL, Core", "web"), labels=("", " "))))


def test_labels_that_tell_nothing_of_the_issue_are_left_out() -> None:
    names = ("winter", "pull-request-available", "auto-unassigned", "stale-major", "v-3.2", "autumn", "None")
    assert chosen(names) == ["autumn", "winter"]


def test_status_and_resolution_from_the_report(make: Make) -> None:
    issue = make(status="Done", resolution="Fixed", original=FILED)
    examples = list(status_prediction.examples(issue))
    assert [(e.variant, e.output, e.input) for e in examples] == [
        ("status", "Done", "# Pump?\n\nHelp me."),
        ("resolution", "Fixed", "# Pump?\n\nHelp me."),
    ]
    assert variants(status_prediction, make(status="Open")) == [("status", "Open")]


def test_the_discussion_ends_before_the_resolution(make: Make) -> None:
    said = ("It leaks.", "I see.", "Fixed in r17.", "Thanks!")
    issue = make(status="Done", resolution="Fixed", comments=said, resolved=NOON + timedelta(hours=3, minutes=1))
    shown = {e.variant: e.input for e in status_prediction.examples(issue)}
    assert shown["resolution_after_discussion"].endswith("## user_1\n\nI see.")
    assert shown["status_after_discussion"] == shown["resolution_after_discussion"]

    closed = Change(id="1", field="status", after="Done", created=NOON + timedelta(hours=3, minutes=30))
    later = {e.variant: e.input for e in status_prediction.examples(replace(issue, changes=(closed,)))}
    assert later["status_after_discussion"].endswith("r17.")
    assert later["resolution_after_discussion"].endswith("I see.")


def test_without_a_moment_there_is_no_discussion_before_it(make: Make) -> None:
    issue = make(status="Done", status_category="done", resolution="Fixed", comments=("It leaks.",))
    assert [v for v, _ in variants(status_prediction, issue)] == ["status", "resolution"]
    going_on = replace(issue, status="Open", status_category="new", resolution="")
    assert [v for v, _ in variants(status_prediction, going_on)] == ["status", "status_after_discussion"]


@pytest.mark.parametrize(
    "text",
    [
        "Closing this one.",
        "Will be resolved with the next.",
        "Let's close it.",
        "Merged, closing",
        "Marking as such.",
        "re-opening",
    ],
)
def test_who_announces_the_end_is_left_out(make: Make, text: str) -> None:
    issue = make(status="Done", resolution="Fixed", comments=(text,), resolved=NOON + timedelta(days=1))
    assert [v for v, _ in variants(status_prediction, issue)] == ["status", "resolution"]
    told = replace(
        issue,
        comments=(
            *issue.comments,
            *make(comments=("x", "Opening one valve before closing another helps.")).comments[1:],
        ),
    )
    inputs = [e.input for e in status_prediction.examples(told) if e.variant.endswith("discussion")]
    assert len(inputs) == 2
    assert not any(text in shown for shown in inputs)


@pytest.mark.parametrize(
    ("days", "answer"),
    [
        (0, "within a day"),
        (1, "within a day"),
        (1.1, "within a week"),
        (30, "within a month"),
        (31, "within three months"),
        (365, "within a year"),
        (366, "more than a year"),
    ],
)
def test_the_time_to_a_resolution(make: Make, days: float, answer: str) -> None:
    issue = make(resolution="Fixed", resolved=NOON + timedelta(days=days))
    (example,) = time_to_resolution.examples(issue)
    assert example.output == answer
    assert f"`{answer}`" in example.instruction


def test_after_a_week_the_discussion_of_that_week_is_known(make: Make) -> None:
    issue = make(resolution="Fixed", resolved=NOON + timedelta(days=9), comments=("It leaks.", "I see."))
    late = replace(issue.comments[1], created=NOON + timedelta(days=8))
    first, second = time_to_resolution.examples(replace(issue, comments=(issue.comments[0], late)))
    assert (first.input, first.output) == ("# The pump fails", "within a month")
    assert (second.variant, second.output) == ("bucket_after_a_week", "within a month")
    assert second.input == "# The pump fails\n\n## user_1\n\nIt leaks."
    assert "within a week" not in second.instruction
    assert len(list(time_to_resolution.examples(replace(issue, resolved=NOON + timedelta(days=7))))) == 1


def test_no_resolution_takes_no_time(make: Make) -> None:
    assert not list(time_to_resolution.examples(make(resolved=NOON)))
    assert not list(time_to_resolution.examples(make(resolution="Fixed")))
    assert not list(time_to_resolution.examples(make(resolution="Fixed", resolved=NOON - timedelta(days=1))))


def test_routine_is_no_reply(make: Make) -> None:
    routine = "Issue resolved by pull request 52691"
    assert not list(time_to_reply.examples(make(comments=(routine, "Thanks, merged to master."))))
    real = "That is the session timeout, which the broker waits for before it gives up its lease."
    issue = make(comments=(routine, real))
    later = replace(issue.comments[1], created=issue.created + timedelta(days=3))
    (example,) = time_to_reply.examples(replace(issue, comments=(issue.comments[0], later)))
    assert example.output == "within a week"


def test_the_time_to_a_reply_of_somebody_else(make: Make) -> None:
    real = "That is the session timeout, which the broker waits for before it gives up its lease."
    issue = make(comments=(("Hello?", "user_0"), real, "Well."))
    (example,) = time_to_reply.examples(issue)
    assert (example.input, example.output) == ("# The pump fails", "within a day")
    assert not list(time_to_reply.examples(replace(issue, comments=issue.comments[:1])))
    assert not list(time_to_reply.examples(replace(issue, created=NOON + timedelta(days=1))))
    assert not list(time_to_reply.examples(replace(issue, comments=(replace(issue.comments[1], created=None),))))
