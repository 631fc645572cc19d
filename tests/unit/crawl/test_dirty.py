"""When issues that changed are asked for: once for a burst, never too many, ever later if they do not come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.crawl import dirty
from jira_crawler.crawl.dirty import AGAIN, AT_ONCE, LONGEST, QUIET, DirtyIssues


def test_an_issue_is_asked_for_when_nothing_more_is_said_of_it_for_a_second() -> None:
    issues = DirtyIssues()
    issues.add(["1"], 10.0)
    assert issues.due(10.0 + QUIET / 2) == []
    issues.add(["1"], 10.0 + QUIET / 2)
    assert issues.due(10.0 + QUIET) == []
    assert issues.due(10.0 + 1.5 * QUIET) == ["1"]
    assert (len(issues), issues.under_way, "1" in issues) == (0, 1, True)


def test_an_issue_of_which_something_is_said_all_the_time_is_not_put_off_for_ever() -> None:
    issues, now = DirtyIssues(), 0.0
    while not issues.due(now):
        issues.add(["1"], now)
        now += QUIET / 2
    assert now == LONGEST


def test_one_that_changes_while_it_is_asked_for_is_asked_for_again_afterwards() -> None:
    issues = DirtyIssues()
    issues.add(["1"], 0.0)
    assert issues.due(QUIET) == ["1"]
    issues.add(["1"], QUIET)
    assert issues.due(10.0) == []
    issues.done("1")
    assert issues.due(10.0) == ["1"]
    issues.done("1")
    assert "1" not in issues


def test_those_that_wait_longest_come_first_and_only_so_many_at_once() -> None:
    issues = DirtyIssues()
    issues.add([str(n) for n in range(3 * AT_ONCE)], 0.0)
    first = issues.due(5.0)
    assert first == [str(n) for n in range(AT_ONCE)]
    assert issues.due(5.0) == []
    for id_ in first[:3]:
        issues.done(id_)
    assert issues.due(5.0) == [str(AT_ONCE + n) for n in range(3)]
    assert issues.due(5.0, most=1) == []


def test_one_that_does_not_come_is_asked_for_ever_later() -> None:
    issues, now = DirtyIssues(), 0.0
    issues.add(["1"], now)
    now += QUIET
    for wait in (*AGAIN, AGAIN[-1]):
        assert issues.due(now) == ["1"]
        issues.failed("1", now)
        assert issues.due(now + wait - 0.01) == []
        now += wait
    assert issues.due(now) == ["1"]


def test_what_is_said_of_one_that_failed_does_not_bring_it_forward() -> None:
    issues = DirtyIssues()
    issues.add(["1"], 0.0)
    issues.due(QUIET)
    issues.failed("1", QUIET)
    issues.add(["1"], QUIET + 1)
    assert issues.due(QUIET + AGAIN[0] - 0.01) == []
    assert issues.due(QUIET + AGAIN[0]) == ["1"]


def test_there_is_an_end_to_what_is_known_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dirty, "MOST", 3)
    issues = DirtyIssues()
    issues.add(["1", "2"], 0.0)
    assert not issues.is_full
    issues.add(["3"], 0.0)
    assert issues.is_full


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.sampled_from("abcd")),
            st.tuples(st.sampled_from(["done", "failed", "wait"]), st.integers(0, 3)),
        ),
        max_size=60,
    )
)
def test_nothing_said_is_ever_forgotten(steps: list[tuple[str, str | int]]) -> None:
    """Whatever happens in whatever order: behind each word of an issue there is a question that was asked after it."""
    issues, now = DirtyIssues(), 0.0
    said: dict[str, float] = {}
    asked: dict[str, float] = {}
    under_way: list[str] = []
    for what, which in steps:
        now += 0.1
        if what == "add":
            issues.add([str(which)], now)
            said[str(which)] = now
        elif what == "wait":
            now += 700.0
        elif under_way:
            id_ = under_way.pop(int(which) % len(under_way))
            if what == "done":
                issues.done(id_)
            else:
                issues.failed(id_, now)
                said[id_] = now
        for id_ in issues.due(now):
            assert id_ not in under_way
            under_way.append(id_)
            asked[id_] = now
    while under_way or len(issues):
        for id_ in under_way:
            issues.done(id_)
        now += 700.0
        under_way = issues.due(now)
        asked |= dict.fromkeys(under_way, now)
    assert all(asked[id_] >= at for id_, at in said.items())
