"""Answers that ignore the question end a walk, soon and with a reason; what an honest tracker does is none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from jira_crawler.trackers import paging, plausibility, tracker
from jira_crawler.trackers.contract import Cursor, IssueStub, Page, Window

FIRST, APART = 1_700_000_000_000, 3_600_000
LATER = "another creation time"
ASKED = Window("ACME", start=FIRST, end=FIRST + 40 * APART)
SPEAKS = {dialect: tracker(dialect, "https://jira") for dialect in ("server", "cloud")}


def issue(number: int, **changes: Any) -> IssueStub:
    return replace(IssueStub(str(1000 + number), f"ACME-{number}", FIRST + APART * number, b"%d" % number), **changes)


def issues(*numbers: int) -> tuple[IssueStub, ...]:
    return tuple(map(issue, numbers))


def ends(dialect: str, answer: Callable[[Cursor], Page], counted: int = 30) -> tuple[str, int, set[str]]:
    """Walks, and gives the reason of its end, the number of questions, and what was listed."""
    at: Cursor | None = Cursor()
    asked: Counter[tuple[Any, ...]] = Counter()
    ids: set[str] = set()
    while at is not None:
        asked[at.since, at.token or at.offset] += 1
        assert asked.total() < 200, "it does not end"
        step = plausibility.step(SPEAKS[dialect], ASKED, at, answer(at), counted)
        ids |= {each.id for each in step.fresh}
        at = step.onward
    assert max(asked.values()) <= paging.TRIES
    return step.wrong, asked.total(), ids


ever = count(100)
SAME = issues(1, 2, 3, 4, 5)
AT_ONCE = tuple(replace(each, created=FIRST + APART) for each in SAME)


@pytest.mark.parametrize(
    ("dialect", "answer", "why", "most"),
    [
        ("server", lambda at: Page(SAME, total=30), "was not created in the time", 4),
        ("cloud", lambda at: Page(SAME, token="more"), "was not created in the time", 4),
        ("server", lambda at: Page(AT_ONCE, total=10**6), "promises more", 8),
        ("cloud", lambda at: Page(AT_ONCE, token="more"), "promises more", 8),
        ("cloud", lambda at: Page(AT_ONCE, token=str(next(ever))), "promises more", 8),
        ("cloud", lambda at: Page((), token=str(next(ever))), "promises more", 9),
        ("cloud", lambda at: Page((), token="more"), "promises more", 6),
        ("server", lambda at: Page((), total=30), "promises more", 3),
        ("server", lambda at: Page(issues(1), total=-1), "as many issues as no project has", 3),
        ("server", lambda at: Page(issues(1), total=10**23), "as many issues as no project has", 3),
        ("server", lambda at: Page(issues(1, 2, 3), total=2), "more issues than the 2 that it counts", 3),
        ("server", lambda at: Page(issues(-1), total=30), "ACME--1, which was not created in the time", 3),
        ("server", lambda at: Page(issues(41), total=30), "ACME-41, which was not created in the time", 3),
        (
            "server",
            lambda at: Page((issue(2, created=max(at.since, FIRST) + 1),), total=30),
            "another creation time",
            5,
        ),
        (
            "cloud",
            lambda at: Page((issue(2, created=max(at.reached, FIRST) + 9),), token="x"),
            "another creation time",
            5,
        ),
        (
            "server",
            lambda at: Page((issue(next(ever), created=FIRST + 60_000),), total=10**6),
            "ever more issues, though it counted 30",
            170,
        ),
        (
            "cloud",
            lambda at: Page((issue(next(ever), created=FIRST + 60_000),), token=str(next(ever))),
            "ever more issues, though it counted 30",
            170,
        ),
        ("cloud", lambda at: Page((issue(next(ever), created=FIRST + 60_000),)), "promises more", 4),
        (
            "server",
            lambda at: Page(tuple(issue(n, key=f"X{n}-1") for n in range(1, 6)), total=30),
            "5 of 5 issues are of other projects, such as X1",
            3,
        ),
        ("server", lambda at: Page((IssueStub("", "", 0, b"3"),) * 3, total=10**6), "promises more", 8),
    ],
)
def test_an_answer_to_another_question_ends_the_walk(dialect, answer, why, most):
    said, asked, _ = ends(dialect, answer)
    assert why in said
    assert asked <= most


def test_a_tracker_that_comes_to_itself_is_walked_to_the_end():
    moods = iter([Page(issues(41), total=2), Page((), total=2), Page(issues(1, 2), total=2)])
    assert ends("server", lambda at: next(moods)) == ("", 3, {"1001", "1002"})


def moved(here: int, strange: int, projects: int = 1) -> Page:
    return Page(
        tuple(issue(n % 30, id=str(n), key=f"{f'X{n % projects}' if n < strange else 'ACME'}-{n}") for n in range(here))
    )


@pytest.mark.parametrize("page", [moved(1, 1), moved(4, 3, 3), moved(500, 50, 3), moved(500, 3)])
def test_some_issues_may_have_moved(page):
    assert plausibility.implausible(ASKED, Cursor(), page) == ""


@pytest.mark.parametrize(
    "page", [moved(4, 4), moved(30, 4), moved(500, 51), moved(500, 50, 10), moved(3000, 3000, 3000)]
)
def test_many_that_are_of_other_projects_are_another_list(page):
    assert "are of other projects" in plausibility.implausible(ASKED, Cursor(), page)


def test_a_few_on_every_page_are_many():
    def answer(at: Cursor) -> Page:
        number = next(ever)
        strange = [
            issue(number, id=f"{number}{n}", key=f"Y{number}-{n}", created=FIRST + 60_000 + number) for n in (1, 2)
        ]
        return Page(tuple(strange), total=10**6)

    said, asked, ids = ends("server", answer, 10**6)
    assert "are of other projects" in said
    assert (asked, len(ids)) == (4, 2)


def test_a_bound_may_be_read_to_the_minute_and_a_time_may_be_missing():
    at = Cursor(since=FIRST + APART + 30_000)
    assert FIRST % paging.MINUTE != 0
    page = Page((issue(1, created=paging.floor_minute(at.since)), issue(2), issue(3, created=0)))
    assert plausibility.implausible(ASKED, at, page) == ""
    end = replace(ASKED, end=FIRST + 3 * APART)
    assert plausibility.implausible(end, at, Page((issue(3, created=end.end + 1),))) == ""
    assert plausibility.implausible(end, at, Page((issue(3, created=end.end + paging.MINUTE),))) != ""


@pytest.mark.parametrize("told", [-1, 10**8, 10**23])
def test_a_count_that_no_project_has(told):
    with pytest.raises(plausibility.Unreadable, match="as many issues as no project has"):
        plausibility.checked_count(told)


def test_a_tracker_that_names_each_issue_twice_is_walked_to_its_end():
    """What it counts are issues, and not entries of its pages."""

    def twice(at: Cursor) -> Page:
        there = [each for each in issues(*range(1, 31)) if each.created >= at.since]
        return Page(tuple(each for each in there[:5] for _ in range(2)), total=len(there), size=5)

    why, _, ids = ends("server", twice)
    assert (why, ids) == ("", {each.id for each in issues(*range(1, 31))})
