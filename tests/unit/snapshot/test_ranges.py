"""Ranges hold every issue once, are bounded, and stay the same ones beside an issue that comes, goes or changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.snapshot.ranges import ranges
from jira_crawler.store.payloads import Head


def head(id_: str, site: str = "acme", size: int = 10, version: str = "v") -> Head:
    return Head(site, id_, f"A-{id_}", "A", "B", "https://acme.example", "server", "", version, 5, size)


def heads(numbers: set[int], site: str = "acme") -> list[Head]:
    return [head(id_, site) for id_ in sorted(map(str, numbers))]


@given(
    st.sets(st.integers(1, 5_000), max_size=300),
    st.sets(st.integers(1, 5_000), max_size=50),
    st.integers(1, 40),
    st.integers(5, 200),
)
def test_every_issue_is_in_one_range_which_is_of_one_site_and_bounded(one, other, issues, size):
    told = [*heads(one), *heads(other, "other")]
    found = list(ranges(told, issues, size))
    assert sum(part.rows for part in found) == len(told)
    held = [[each for each in told if each.site == part.site and part.first <= each.id <= part.last] for part in found]
    assert [each for some in held for each in some] == told
    for part, some in zip(found, held, strict=True):
        assert part.rows == len(some) <= 2 * issues
        assert part.size == sum(each.size for each in some) <= max(size, 10)
        assert (part.projects, part.crawled_projects) == ({"A": part.rows}, {"B"})


def states(told: list[Head]) -> dict[tuple[str, str], str]:
    return {(part.first, part.last): part.state for part in ranges(told, 50)}


def test_what_comes_goes_or_changes_is_of_one_range_and_hardly_any_other():
    numbers = set(range(10_000, 14_000, 2))
    before = states(heads(numbers))
    assert len(before) > 25
    for after in (
        heads(numbers | {12_001}),
        heads(numbers - {12_002}),
        [each if each.id != "12002" else each._replace(version="w") for each in heads(numbers)],
        [each if each.id != "12002" else each._replace(size=11) for each in heads(numbers)],
        [each if each.id != "12002" else each._replace(key="B-1") for each in heads(numbers)],
    ):
        assert 1 <= len(set(states(after).items()) - set(before.items())) <= 4


def test_an_issue_that_is_too_large_is_alone():
    assert [part.rows for part in ranges([head("1"), head("2", size=999), head("3")], 50, 100)] == [1, 1, 1]
