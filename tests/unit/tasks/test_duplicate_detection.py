from __future__ import annotations

from collections.abc import Callable

import pytest

from jira_crawler.items import Issue, Link
from jira_crawler.tasks.duplicate_detection import MOST, examples, others

Make = Callable[..., Issue]

SAME = Link(type="Duplicate", relation="duplicates", key="ABC-7", outward=True, title="Unit stops in the cold")
OTHER = Link(type="Relates", relation="relates to", key="ABC-8", outward=True, title="Heat the unit")


def test_a_duplicate_is_asked_about_by_its_title(make: Make) -> None:
    issue = make(description="It stops.", links=(SAME,))
    (example,) = examples(issue)
    assert example.input == "# The pump fails\n\nIt stops.\n\n# Other issue: Unit stops in the cold"
    assert (example.variant, example.output, example.suffix) == ("pair", "duplicate", "ABC-7")
    assert others(issue) == ["ABC-7"]


@pytest.mark.parametrize(
    ("kind", "relation"), [("Duplicates", "is duplicated by"), ("Dupe", "has dupe"), ("Problem", "duplicate of")]
)
def test_a_duplicate_goes_by_many_names(make: Make, kind: str, relation: str) -> None:
    link = Link(type=kind, relation=relation, key="ABC-7", outward=False, title="Unit stops in the cold")
    assert [e.output for e in examples(make(links=(link,)))] == ["duplicate"]


def test_other_links_are_asked_about_in_few_issues(make: Make) -> None:
    outputs = [e.output for number in range(400) for e in examples(make(id=str(number), links=(OTHER,)))]
    assert set(outputs) == {"not a duplicate"}
    assert 30 < len(outputs) < 70


def test_an_issue_that_is_linked_twice_is_a_duplicate(make: Make) -> None:
    twice = Link(type="Relates", relation="relates to", key="ABC-7", outward=False, title="Unit stops in the cold")
    for number in range(30):
        assert [e.output for e in examples(make(id=str(number), links=(SAME, twice)))] == ["duplicate"]


@pytest.mark.parametrize("kind", ["Cloners", "Issue split", "Supersedes", "Regression", "Gantt: start-finish"])
def test_what_is_neither_is_not_asked(make: Make, kind: str) -> None:
    link = Link(type=kind, relation="is", key="ABC-8", outward=True, title="Heat the unit")
    assert not [e for number in range(60) for e in examples(make(id=str(number), links=(link,)))]


@pytest.mark.parametrize(
    ("description", "title"),
    [
        ("This may be a duplicate.", "Unit stops in the cold"),
        ("A dup, I think.", "Unit stops in the cold"),
        ("The same issue as before.", "Unit stops in the cold"),
        ("Like abc-7.", "Unit stops in the cold"),
        ("It stops.", "DUPLICATE: Unit stops in the cold"),
        ("It stops.", "Unit"),
        ("It stops.", ""),
    ],
)
def test_what_tells_is_not_asked(make: Make, description: str, title: str) -> None:
    link = Link(type="Duplicate", relation="duplicates", key="ABC-7", outward=True, title=title)
    assert not list(examples(make(description=description, links=(link,))))


def test_the_most_frequent_report_is_asked_about_a_few_times(make: Make) -> None:
    links = tuple(
        Link(type="Duplicate", relation="is duplicated by", key=f"ABC-{n}", outward=False, title=f"Cold pump {n}")
        for n in range(50)
    )
    asked = {e.suffix for e in examples(make(links=links))}
    assert len(asked) == MOST
    assert asked == {e.suffix for e in examples(make(links=links[::-1]))} == set(others(make(links=links)))
