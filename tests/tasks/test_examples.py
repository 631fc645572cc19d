"""All families together, and the law: the answer is never inside the input."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Example, Issue
from jira_crawler.tasks import FAMILIES, candidates, examples, line

Make = Callable[..., Issue]

FULL: dict[str, Any] = {
    "description": "It stops after an hour of work, every night, since we moved.",
    "comments": (
        "Which firmware do you have, and is it cold there?",
        ("Version 7, and it is freezing at night.", "Rita"),
        "Then heat it, or wait for version 8, which comes next week with the new control loop.",
        ("Works like a charm.", "Rita"),
    ),
    "issue_type": "Bug",
    "priority": "High",
    "status": "Closed",
    "resolution": "Fixed",
    "components": ("hydraulics", "control unit"),
    "labels": ("winter",),
}


def test_a_full_issue_gives_about_a_dozen(make: Make) -> None:
    made = [(e.task_type, e.variant, e.suffix) for e in examples(make(**FULL))]
    assert made == [
        ("summarization", "title_from_description", ""),
        ("summarization", "title_from_discussion", ""),
        ("classification", "priority", ""),
        ("classification", "issue_type", ""),
        ("classification", "project", ""),
        ("status_prediction", "status", ""),
        ("status_prediction", "resolution", ""),
        ("status_prediction", "status_after_discussion", ""),
        ("status_prediction", "resolution_after_discussion", ""),
        ("multi_label_classification", "components", ""),
        ("multi_label_classification", "labels", ""),
        ("question_answering", "first_reply", "1"),
        ("question_answering", "next_comment", "2"),
        ("question_answering", "next_comment", "3"),
        ("question_answering", "next_comment", "4"),
    ]


def test_an_issue_with_nothing_gives_nothing(make: Make) -> None:
    assert not list(examples(make(title="")))
    assert not list(examples(make(title="Pump", issue_type="Bug", priority="High", status="Open")))


def test_an_answer_in_the_input_drops_the_example(make: Make) -> None:
    issue = make(**(FULL | {"description": "Found this bug in winter. As I said: the pump fails, it is closed."}))
    dropped = {(e.task_type, e.variant) for e in candidates(issue)} - {
        (e.task_type, e.variant) for e in examples(issue)
    }
    assert dropped == {
        ("summarization", "title_from_description"),
        ("classification", "issue_type"),
        ("status_prediction", "status"),
        ("status_prediction", "status_after_discussion"),
        ("multi_label_classification", "labels"),
    }


def test_every_family_is_asked() -> None:
    names = {family.__name__.rpartition(".")[2] for family in FAMILIES}
    assert names == {
        "summarization",
        "classification",
        "status_prediction",
        "multi_label_classification",
        "question_answering",
    }


_WORD = st.sampled_from(
    [
        *(
            "the",
            "pump",
            "fails",
            "at",
            "night",
            "Bug",
            "bug",
            "debug",
            "open_bug",
            "High",
            "done",
            "Fixed",
            "Won't Fix",
        ),
        *("core", "web", "a-b", "C++", "\n\n", ">", "```", "é", "泵", "<EMAIL>"),
    ]
)
_TEXT = st.lists(_WORD, max_size=25).map(" ".join)
_LABEL = st.sampled_from(["", "Bug", "High", "Done", "Fixed", "Won't Fix", "C++", "泵"])
_NAMES = st.lists(st.sampled_from(["core", "web", "a-b", "a, b", "泵"]), max_size=3).map(tuple)
_SAID = st.lists(st.tuples(_TEXT, st.sampled_from(["Ann", "Rita", "Hudson"])), max_size=4).map(tuple)
_FIELDS = st.fixed_dictionaries(
    {
        "title": _TEXT,
        "description": _TEXT,
        "comments": _SAID,
        "issue_type": _LABEL,
        "priority": _LABEL,
        "status": _LABEL,
        "resolution": _LABEL,
        "components": _NAMES,
        "labels": _NAMES,
    }
)


@given(_FIELDS)
def test_no_example_gives_its_answer_away(make: Make, fields: dict[str, Any]) -> None:
    for example in examples(make(**fields)):
        assert example.output
        assert not _given_away(example), example


@given(_FIELDS)
def test_ids_are_unique_and_the_order_is_fixed(make: Make, fields: dict[str, Any]) -> None:
    issue = make(**fields)
    ids = [line(issue, example)["id"] for example in examples(issue)]
    assert len(ids) == len(set(ids))
    assert ids == [line(issue, example)["id"] for example in examples(issue)]


def _given_away(example: Example) -> bool:
    """The same law, said in another way than the code says it."""
    shown, answer = (re.findall(r"[^\W_]+", text.casefold()) for text in (example.input, example.output))
    if example.task_type in ("summarization", "question_answering"):
        return "".join(answer) in "".join(shown)
    labels = example.output.split(", ") if example.task_type.startswith("multi") else [example.output]
    return any(
        re.search(rf"(?<![^\W_]){re.escape(label.casefold())}(?![^\W_])", example.input.casefold()) for label in labels
    )
