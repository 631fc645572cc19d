from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Body, Change, Issue, Original, Person, RawIssue
from jira_crawler.trackers.jira.original import original

NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)
RITA, ANN = Person("rita", "Rita"), Person("ann", "Ann")
ISSUE = Issue(
    site="site",
    id="1",
    key="ABC-1",
    project="ABC",
    url="",
    title="now",
    description=Body("now", "adf"),
    issue_type="Bug",
    priority="High",
    components=("core", "web"),
    labels=("a", "b"),
    created=NOON,
    updated=NOON,
    reporter=RITA,
    raw=RawIssue(site="", base_url="", dialect="", project="", id="", key="", payload=b"", fetched_at=NOON),
)


def change(field: str, before: str = "", after: str = "", hours: float = 1.0, author: Person | None = ANN) -> Change:
    return Change(id="1", field=field, before=before, after=after, author=author, created=NOON + timedelta(hours=hours))


def as_filed(*changes: Change) -> Original:
    return original(replace(ISSUE, changes=changes))


def test_what_never_changed_was_filed_so() -> None:
    first = as_filed(change("status", "Open", "Closed"))
    assert first == Original(
        title="now",
        description=ISSUE.description,
        issue_type="Bug",
        priority="High",
        components=("core", "web"),
        labels=("a", "b"),
    )
    assert first.description is ISSUE.description


def test_the_earliest_change_of_a_field_counts() -> None:
    first = as_filed(
        change("summary", "first", "second", 1),
        change("description", "h1. first", "second", 2),
        change("summary", "second", "now", 3),
        change("description", "second", "now", 4),
        change("issuetype", "Task", "Bug", 5),
        change("priority", "", "High", 6),
        change("labels", "x y", "a b", 7),
    )
    assert first == Original(
        title="first",
        description=Body("h1. first", "wiki"),
        issue_type="Task",
        priority="",
        components=("core", "web"),
        labels=("x", "y"),
    )


def test_a_description_that_came_later_was_not_filed() -> None:
    assert as_filed(change("description", "", "now")).description is None


def test_a_description_that_came_back_is_the_same_body() -> None:
    issue = replace(ISSUE, description=Body("here", "wiki"))
    changes = (change("description", "here", "there", 1), change("description", "there", "here", 2))
    assert original(replace(issue, changes=changes)).description is issue.description


def test_components_come_go_and_are_replaced_one_by_one() -> None:
    first = as_filed(
        change("Component", "disk", "", 1),
        change("Component", "", "core", 2),
        change("Component", "net", "web", 3),
    )
    assert first.components == ("net", "disk")


def test_a_component_that_came_and_went_and_came_again_was_there_or_not() -> None:
    assert as_filed(change("Component", "", "web", 1)).components == ("core",)
    assert as_filed(change("Component", "web", "", 1), change("Component", "", "web", 2)).components == ("core", "web")


@pytest.mark.parametrize("field", ["Priority", "Summary", "component", "Labels", "Description"])
def test_a_custom_field_of_the_same_name_is_another_field(field: str) -> None:
    assert as_filed(change(field, "first", "now")) == as_filed()


@pytest.mark.parametrize("field", ["summary", "issuetype"])
def test_what_cannot_be_empty_was_not(field: str) -> None:
    assert as_filed(change(field, "", "now")) == as_filed()


def test_a_second_look_of_the_reporter_counts_as_filing() -> None:
    assert as_filed(change("summary", "frist", "now", 1 / 60, RITA)).title == "now"
    assert as_filed(change("summary", "first", "now", 2 / 60, RITA)).title == "first"
    assert as_filed(change("summary", "first", "now", 1 / 60, ANN)).title == "first"
    assert as_filed(change("summary", "first", "now", 1 / 60, None)).title == "first"


def test_changes_without_dates_are_undone() -> None:
    assert as_filed(replace(change("summary", "first", "now", author=RITA), created=None)).title == "first"


_CHANGES = st.lists(
    st.builds(
        change,
        st.sampled_from(["summary", "description", "issuetype", "priority", "Component", "labels", "status"]),
        st.sampled_from(["", "core", "web", "a b"]),
        st.sampled_from(["", "core", "net"]),
        st.floats(0, 9),
        st.sampled_from([None, RITA, ANN]),
    ),
    max_size=8,
).map(tuple)


@given(_CHANGES)
def test_any_history_gives_something(changes: tuple[Change, ...]) -> None:
    first = as_filed(*changes)
    assert first.title
    assert first.issue_type
    assert len(set(first.components)) == len(first.components)
    assert "" not in first.components + first.labels
