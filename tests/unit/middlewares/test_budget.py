from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

from jira_crawler.middlewares.budget import HOUR, Budget

NOON = 1_700_000_000.0


def test_it_outlives_the_process_and_belongs_to_one_site(tmp_path):
    first = Budget(tmp_path, "apache", 3)
    assert [first.spend(NOON) for _ in range(4)] == [True, True, True, False]
    first.close()
    again = Budget(tmp_path, "apache", 3)
    assert not again.spend(NOON + HOUR)
    assert Budget(tmp_path, "elsewhere", 3).spend(NOON)


def test_what_is_older_than_a_day_is_forgiven_and_nothing_younger(tmp_path):
    budget = Budget(tmp_path, "apache", 1)
    assert budget.spend(NOON)
    assert not budget.spend(NOON + 24 * HOUR - 1)
    assert budget.spend(NOON + 26 * HOUR)


def test_what_is_left_is_told_and_nothing_where_the_file_cannot_be_read(tmp_path):
    budget = Budget(tmp_path, "apache", 2)
    assert budget.spend(NOON)
    assert (budget.left(NOON), budget.left(NOON + 26 * HOUR)) == (1, 2)
    less = Budget(tmp_path, "apache", 0)
    assert less.left(NOON) == 0
    budget.close()
    assert budget.left(NOON) is None


def test_a_clock_that_jumps_back_does_not_open_the_purse(tmp_path):
    budget = Budget(tmp_path, "apache", 2)
    assert budget.spend(NOON)
    assert budget.spend(NOON - 5 * HOUR)
    assert not budget.spend(NOON - 5 * HOUR)


def spend(folder: str, times: int) -> int:
    budget = Budget(Path(folder), "apache", 60)
    return sum(budget.spend(NOON) for _ in range(times))


def test_crawls_side_by_side_share_it(tmp_path):
    Budget(tmp_path, "apache", 60).close()
    with get_context("spawn").Pool(3) as pool:
        granted = pool.starmap(spend, [(str(tmp_path), 40)] * 3)
    assert sum(granted) == 60
