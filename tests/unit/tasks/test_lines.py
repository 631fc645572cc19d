from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from jira_crawler.items import Example, Issue, Link
from jira_crawler.tasks import line

Make = Callable[..., Issue]

EXAMPLE = Example(task_type="summarization", variant="title", instruction="Do it.", input="long", output="short")


def test_the_whole_line(make: Make) -> None:
    issue = make(
        created=datetime(2025, 10, 26, 7, 31, 58, tzinfo=UTC),
        updated=datetime(2025, 10, 26, 9, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=2))),
        issue_type="Bug",
        status="Done",
        priority="High",
        resolution="Fixed",
        quality=0.5,
        reasons=(("length", 0.25), ("code", 1.0)),
        language="en",
        labels=("x", "y"),
        components=("core",),
    )
    assert line(issue, EXAMPLE) == {
        "id": "site-100-summarization-title",
        "task_type": "summarization",
        "instruction": "Do it.",
        "input": "long",
        "output": "short",
        "metadata": {
            "issue_key": "ABC-1",
            "issue_id": "100",
            "project": "ABC",
            "site": "site",
            "url": "https://jira.example/browse/ABC-1",
            "issue_type": "Bug",
            "status": "Done",
            "priority": "High",
            "resolution": "Fixed",
            "created": "2025-10-26T07:31:58.000Z",
            "updated": "2025-10-26T07:00:00.123Z",
            "example_type": "title",
            "speaker": "",
            "said": "",
            "role": "",
            "quality": 0.5,
            "quality_reasons": "length 0.25, code 1",
            "language": "en",
            "labels": "x, y",
            "components": "core",
            "reporter": "user_0",
            "assignee": "",
            "related": "",
            "benchmark": "",
            "cluster": "site-100",
            "representative": True,
            "value": 0.15,
            "value_reasons": "borne out 0, length 0.01",
        },
    }


def test_a_suffix_ends_the_id(make: Make) -> None:
    assert line(make(), replace(EXAMPLE, suffix="77"))["id"] == "site-100-summarization-title-77"


def test_every_value_has_one_type_whatever_is_missing(make: Make) -> None:
    metadata = line(make(), EXAMPLE)["metadata"]
    assert {key for key, value in metadata.items() if not isinstance(value, str)} == {
        "quality",
        "representative",
        "value",
    }
    assert isinstance(metadata["quality"], float)
    assert isinstance(metadata["value"], float)
    assert isinstance(metadata["representative"], bool)


def test_issues_that_tell_the_same_story_are_named(make: Make) -> None:
    links = tuple(
        Link(type=kind, relation="", key=key, outward=True)
        for kind, key in (("Duplicate", "ABC-3"), ("Cloners", "ABC-2"), ("Cloners", "ABC-1"), ("Relates", "ABC-9"))
    )
    issue = make(links=links, parent="ABC-5", subtasks=("ABC-4",))
    assert line(issue, EXAMPLE)["metadata"]["related"] == "ABC-2, ABC-3, ABC-4, ABC-5"


def test_an_early_year_has_four_digits(make: Make) -> None:
    assert (
        line(make(created=datetime(987, 1, 2, tzinfo=UTC)), EXAMPLE)["metadata"]["created"]
        == "0987-01-02T00:00:00.000Z"
    )
