"""One change stands for an issue, and one fix is in one split."""

from __future__ import annotations

import pytest

from jira_crawler.exports.groups import SPLITS
from jira_crawler.exports.swe.choosing import chosen
from jira_crawler.exports.swe.splitting import split
from jira_crawler.links.judging import Pair

BOTH = frozenset({"A", "B"})


def pair(issue: str, change: str, how: str = "squash", at: int = 1, **more: str) -> Pair:
    told = {"grade": "A", "reverted_by": "", "fix_group": issue} | more
    return Pair(
        "jira",
        issue,
        "github",
        change,
        "",
        told["grade"],
        how,
        "c",
        at,
        told["fix_group"],
        told["reverted_by"],
        (),
        0.9,
    )


def test_the_first_that_landed_and_stands_is_chosen():
    pairs = [
        pair("1", "late", at=9),
        pair("1", "first", at=5),
        pair("1", "port", "backport", at=1),
        pair("1", "gone", at=2, reverted_by="d"),
        pair("1", "open", ""),
        pair("2", "port", "backport"),
        pair("3", "first", at=5),
    ]
    changes, left = chosen(pairs, BOTH)
    assert [[(each.id, each.other_id) for each in of.pairs] for of in changes] == [
        [("1", "first"), ("3", "first")],
        [("2", "port")],
    ]
    assert left == {"taken back": 1, "not landed": 1, "another change of the same fix stands for it": 2}


def test_only_grades_that_are_wanted():
    changes, left = chosen([pair("1", "a"), pair("2", "b", grade="B")], frozenset({"A"}))
    assert (len(changes), left) == (1, {"of grade B": 1, "another change of the same fix stands for it": 0})


def records(count: int) -> list[dict[str, str]]:
    return [
        {"fix_group": f"g{n // 2}", "repo": f"a/r{n % 5}", "landed_at": f"2024-{n % 12 + 1:02}-01T00:00:00Z"}
        for n in range(count)
    ]


@pytest.mark.parametrize("how", ["time", "hash", "none"])
def test_a_fix_is_never_in_two_splits(how):
    made = records(60)
    names = split(made, how, (60.0, 20.0, 20.0), ["A/R3"])
    groups = {each["fix_group"]: set() for each in made}
    for each, name in zip(made, names, strict=True):
        groups[each["fix_group"]].add(name)
    assert all(len(places) == 1 for places in groups.values())
    assert {name for each, name in zip(made, names, strict=True) if each["repo"] == "a/r3"} == {"test"}
    assert set(names) == ({"train", "test"} if how == "none" else set(SPLITS))


def test_by_time_what_landed_first_is_in_train():
    made = [{"fix_group": str(n), "repo": "a/b", "landed_at": f"20{n:02}-01-01T00:00:00Z"} for n in range(10, 30)]
    names = split(made[::-1], "time", (80.0, 10.0, 10.0), [])[::-1]
    assert names == ["train"] * 16 + ["validation"] * 2 + ["test"] * 2
