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


def test_a_page_that_never_came_is_tried_smaller_until_it_is_one_issue():
    sizes = PageSize(4, seconds=10, size=1_000)
    assert [sizes.failed(4), sizes.failed(2), sizes.failed(1)] == [2, 1, 0]
    assert sizes.next == 1
