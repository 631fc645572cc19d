"""The fuzzer knows the truth of what it spoils, judges by it, and is repeated by its seed."""

from __future__ import annotations

from benchmarks.hostile import run
from tests.unit.benchmarks.test_hostile import case

CASES = {
    0: case(),
    1: case(("more or less of it", "page", "once"), ("hung up", "count", "once"), dialect="cloud", jobdir=True),
    2: case(("hung up", "page", "for ever"), ("hung up", "ids", "for ever")),
    3: case(("another charset", "comment", "twice"), spider="jira_pages", dialect="cloud"),
    4: case(("a wound", "panel", "twice"), ("slow", "browse", "at random"), spider="jira_pages"),
}


def test_a_handful_of_cases_is_right(tmp_path):
    outcomes = {each.number: each for each in run(CASES, tmp_path)}
    assert {number: each.wrong for number, each in outcomes.items() if each.wrong} == {}
    assert [outcomes[n].ended.status for n in (0, 1, 2, 3)] == [0, 0, 1, 0]
    assert [outcomes[n].struck > 0 for n in (0, 1, 2, 4)] == [False, True, True, True]
