from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from jira_crawler.items import Change, Issue, Person
from jira_crawler.tasks.timeline import before, known, resolved_at, resolving_comment, status_set_at

Make = Callable[..., Issue]
NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)


def hours(count: float) -> datetime:
    return NOON + timedelta(hours=count)


def resolution(at: float, after: str = "Fixed", **fields: Any) -> Change:
    plain: dict[str, Any] = {"id": "1", "field": "resolution", "author": Person("user_1", "user_1")}
    return Change(**(plain | {"after": after, "created": hours(at)} | fields))


def test_the_resolution_that_stands_was_given_last(make: Make) -> None:
    changes = (resolution(1), resolution(2, after=""), resolution(3))
    issue = make(resolution="Fixed", resolved=hours(9))
    assert resolved_at(issue) == hours(9)
    assert resolved_at(replace(issue, changes=changes)) == hours(3)
    assert resolved_at(replace(issue, changes=changes[:2])) == hours(9)
    assert resolved_at(replace(issue, resolution=" ")) is None
    assert resolved_at(replace(issue, resolved=None)) is None


def test_a_status_is_given_by_its_last_change(make: Make) -> None:
    issue = make(status="Closed", resolved=hours(2))
    assert status_set_at(issue) == hours(2)
    changes = (resolution(4, field="status"), resolution(5, field="status", created=None))
    assert status_set_at(replace(issue, changes=changes)) == hours(4)
    assert status_set_at(replace(issue, resolved=None)) is None


def test_what_is_known_was_said_and_last_edited_before(make: Make) -> None:
    first, second, third, fourth = make(comments=("a", "b", "c", "d")).comments
    comments = (replace(first, updated=hours(9)), second, replace(third, created=None), fourth)
    assert [c.body.source for c in known(comments, hours(4))] == ["b"]
    assert [c.body.source for c in known(comments, hours(10))] == ["a", "b", "d"]


def test_what_stands_before_a_comment_was_not_edited_after_it(make: Make) -> None:
    first, second, third = make(comments=("a", "b", "c")).comments
    comments = (replace(first, updated=hours(9)), replace(second, updated=hours(3)), third)
    assert [c.body.source for c in before(comments, 2)] == ["b"]
    undated = (*comments[:2], replace(third, created=None))
    assert [c.body.source for c in before(undated, 2)] == ["a", "b"]


def test_the_comment_of_the_one_who_resolved(make: Make) -> None:
    issue = make(resolution="Fixed", comments=("a", ("b", "user_2"), "c"))
    at_two = replace(issue, changes=(resolution(2, author=Person("user_2", "user_2")),))
    found = resolving_comment(at_two, at_two.comments)
    assert found is issue.comments[1]
    for other in (
        resolution(2),
        resolution(2.1, author=Person("user_2", "user_2")),
        resolution(2, after=""),
        resolution(2, field="status"),
        resolution(2, author=None),
    ):
        alone = replace(issue, changes=(other,))
        assert resolving_comment(alone, alone.comments) is None


def test_without_history_only_the_very_moment_tells(make: Make) -> None:
    issue = make(resolution="Fixed", comments=("a", "b"), resolved=hours(2) + timedelta(seconds=10))
    assert resolving_comment(issue, issue.comments) is issue.comments[1]
    assert resolving_comment(replace(issue, resolved=hours(2) + timedelta(seconds=11)), issue.comments) is None


def test_the_nearest_of_two_is_meant(make: Make) -> None:
    first, second = make(comments=("a", "b")).comments
    comments = (replace(first, created=hours(2) - timedelta(seconds=90)), second)
    issue = make(resolution="Fixed", changes=(resolution(2),))
    assert resolving_comment(issue, comments) is second
    assert resolving_comment(issue, comments[:1]) is comments[0]
