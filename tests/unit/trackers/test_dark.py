"""An issue that nothing names is found by when it was created, in few questions, whatever bounds a tracker keeps."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from jira_crawler.trackers.contract import IssueStub, Page
from jira_crawler.trackers.dark import Search
from jira_crawler.trackers.paging import MINUTE, SECOND, floor_minute

DAY = 24 * 60 * MINUTE
START = 1_700_000_000_000
moments = st.lists(st.integers(0, 4000 * DAY // SECOND).map(lambda n: START + n * SECOND), max_size=30)


def found(healthy: list[int], dark: set[int], search: Search, *, rounds: bool) -> tuple[Search, int]:
    """Searches in a tracker that has issues, some of them dark; gives what is left, and how often it was asked."""
    issues = sorted({*healthy, *dark})
    asked = 0
    while (begin := search.probe()) is not None:
        asked += 1
        assert asked < 100, "the search does not end"
        assert search.low < begin < search.high
        since = floor_minute(begin) if rounds else begin
        first = next((each for each in issues if each >= since), None)
        if first in dark:
            search = search.failed(begin)
        else:
            search = search.came(begin, Page(() if first is None else (IssueStub("1", "P-1", first, b"{}"),)))
    return search, asked


@given(moments, st.integers(0, 4000 * DAY // SECOND), st.booleans(), st.integers(0, 60))
@settings(max_examples=300)
def test_one_is_found_to_the_minute_and_to_the_second_where_such_bounds_are_kept(before, at, rounds, days):
    dark = START + at * SECOND
    reached = max([START, *(each for each in before if each < dark)])
    end = floor_minute(dark) + MINUTE + days * DAY
    narrow, asked = found(before, {dark}, Search(reached, end), rounds=rounds)
    assert narrow.low <= dark < narrow.high
    assert floor_minute(narrow.low) == floor_minute(narrow.high - 1)  # one minute can be named
    assert asked <= 45
    if narrow.fine > 0:
        assert narrow.high - narrow.low <= SECOND


@given(moments, st.lists(st.integers(1, 4000 * DAY // SECOND), min_size=2, max_size=5), st.booleans())
@settings(max_examples=300)
def test_of_several_one_is_found_and_the_first_is_not_behind_it(healthy, places, rounds):
    """The next one is dark; between it and the one that is found others may be, which are walked again."""
    dark = {START + at * SECOND for at in places}
    healthy = [each for each in healthy if each > min(dark)]
    narrow, _ = found(healthy, dark, Search(START, START + 4001 * DAY), rounds=rounds)
    assert any(narrow.low <= each < narrow.high for each in dark)
    assert narrow.low >= START


def test_the_next_one_is_mostly_near():
    """Ten years are open; it is an hour away."""
    dark = START + 60 * MINUTE
    narrow, asked = found([], {dark}, Search(START, START + 3650 * DAY), rounds=False)
    assert narrow.low <= dark < narrow.high
    assert asked <= 20


def test_nothing_that_comes_at_all_ends_at_the_end():
    search = Search(START, START + 3650 * DAY)
    asked = 0
    while (begin := search.probe()) is not None:
        search, asked = search.failed(begin), asked + 1
    assert search.high - search.low <= MINUTE
    assert asked < 12
