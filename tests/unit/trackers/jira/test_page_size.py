from __future__ import annotations

from jira_crawler.trackers.jira.page_size import PageSize


def test_a_slow_or_large_page_halves_the_next_and_good_ones_bring_it_back():
    sizes = PageSize(500, seconds=10, size=1_000)
    sizes.saw(500, 0, seconds=11, size=10)
    assert sizes.next == 250
    sizes.saw(250, 0, seconds=1, size=2_000)
    assert sizes.next == 125
    for _ in range(4):
        sizes.saw(sizes.next, 0, seconds=1, size=10)
    assert sizes.next == 500


def test_the_trackers_own_limit_is_news_once():
    sizes = PageSize(500, seconds=10, size=1_000)
    assert sizes.saw(500, 100, 1, 10)
    assert not sizes.saw(100, 100, 1, 10)
    assert not sizes.saw(500, 100, 1, 10)  # asked before we knew
    assert sizes.next == 100


def test_a_page_that_never_came_is_asked_for_in_parts_until_it_is_one_issue():
    sizes = PageSize(500, seconds=10, size=1_000)
    assert [sizes.failed(500), sizes.failed(62), sizes.failed(7), sizes.failed(1)] == [62, 7, 1, 0]
    assert sizes.next == 1
    sizes.blamed()  # it was that issue
    assert sizes.next == 500


def test_pages_that_are_too_large_stay_smaller():
    sizes = PageSize(100, seconds=10, size=1_000)
    assert sizes.failed(100) == 12
    sizes.saw(12, 0, 1, 10)
    assert sizes.next == 19
