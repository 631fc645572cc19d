"""All families together, and the law: the answer is never inside the input."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Body, Example, Issue, Link
from jira_crawler.tasks import FAMILIES, examples, line, made
from jira_crawler.tasks.prompts import LIMIT

Make = Callable[..., Issue]

NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)
LOG = "\n\n```\n02:00:01 ERROR flow is zero\n02:00:02 ERROR flow is zero\n02:00:03 ERROR halting\n```"
FULL: dict[str, Any] = {
    "description": f"It stops after an hour of work, every night, since we moved.{LOG}",
    "comments": (
        "Which firmware runs on this unit, and is it freezing there at night?",
        ("Firmware seven, and water freezes outside at night.", "user_0"),
        "Then heat it: the problem is that the next control loop, which reads temperatures, comes too late.",
        ("Works like a charm.", "user_0"),
    ),
    "issue_type": "Bug",
    "priority": "High",
    "status": "Closed",
    "resolution": "Fixed",
    "resolved": NOON + timedelta(hours=3),
    "components": ("hydraulics", "control unit"),
    "labels": ("winter",),
    "links": (Link(type="Duplicate", relation="duplicates", key="ABC-7", outward=True, title="Frozen water"),),
    "release_note": Body("Pumps survive winter nights without heating.", "markdown"),
}


def test_a_full_issue_teaches_all_families(make: Make) -> None:
    kept, dropped = made(make(**FULL))
    assert [(e.task_type, e.variant, e.suffix) for e in kept] == [
        ("summarization", "title_from_description", ""),
        ("summarization", "title_from_discussion", ""),
        ("classification", "priority", ""),
        ("classification", "issue_type", ""),
        ("classification", "project", ""),
        ("multi_label_classification", "components", ""),
        ("multi_label_classification", "labels", ""),
        ("status_prediction", "status", ""),
        ("status_prediction", "status_after_discussion", ""),
        ("status_prediction", "resolution", ""),
        ("status_prediction", "resolution_after_discussion", ""),
        ("time_to_resolution", "bucket", ""),
        ("time_to_reply", "bucket", ""),
        ("question_answering", "first_reply", "1"),
        ("question_answering", "resolving_comment", "3"),
        ("next_comment", "by_reporter", "2"),
        ("duplicate_detection", "pair", "ABC-7"),
        ("release_notes", "note", ""),
        ("root_cause", "cause", "3"),
        ("pretraining", "thread", ""),
    ]
    assert not dropped


def test_an_issue_with_nothing_gives_nothing(make: Make) -> None:
    assert made(make(title="")) == ([], {})
    assert made(make(title="Pump", issue_type="Bug", priority="High", status="Open")) == ([], {})


def test_an_answer_in_the_input_drops_the_example_and_counts(make: Make) -> None:
    issue = make(**(FULL | {"description": f"Found this bug in winter. As I said: the pump fails, it is closed.{LOG}"}))
    kept, dropped = made(issue)
    gone = {(e.task_type, e.variant) for e in examples(make(**FULL))} - {(e.task_type, e.variant) for e in kept}
    assert gone == {
        ("summarization", "title_from_description"),
        ("classification", "issue_type"),
        ("status_prediction", "status"),
        ("status_prediction", "status_after_discussion"),
        ("multi_label_classification", "labels"),
    }
    assert dropped == {
        "summarization": 1,
        "classification": 1,
        "status_prediction": 2,
        "multi_label_classification": 1,
    }


def test_each_family_is_called_what_its_examples_are_of(make: Make) -> None:
    names = [family.__name__.rpartition(".")[2] for family in FAMILIES]
    assert names == list(dict.fromkeys(e.task_type for e in examples(make(**FULL))))
    for family in FAMILIES:
        variants = {e.variant for e in family.examples(make(**FULL))}
        assert variants <= set(family.INSTRUCTIONS)


@pytest.mark.parametrize(
    "unit", ["word ", "```\n", "## user_1\n", ">", "type: \n", "summary: \n", "“é”", "泵", "\ud800 "]
)
def test_hostile_texts_are_taken_as_they_come(make: Make, unit: str) -> None:
    text = unit * (300_000 // len(unit))
    for issue in (make(**(FULL | {"description": text})), make(**(FULL | {"comments": (text, text)}))):
        for example in examples(issue):
            assert len(example.input) <= LIMIT + len("\n\n# Other issue: Frozen water")


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
_SAID = st.lists(st.tuples(_TEXT, st.sampled_from(["user_1", "user_0", "user_2"])), max_size=4).map(tuple)
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
    if example.task_type == "pretraining":
        return bool(example.input)
    shown, answer = (re.findall(r"[^\W_]+", text.casefold()) for text in (example.input, example.output))
    if example.task_type in ("summarization", "question_answering", "next_comment", "release_notes", "root_cause"):
        return "".join(answer) in "".join(shown)
    labels = example.output.split(", ") if example.task_type.startswith("multi") else [example.output]
    return any(
        re.search(rf"(?<![^\W_]){re.escape(label.casefold())}(?![^\W_])", example.input.casefold()) for label in labels
    )
