"""Made-up repositories of both kinds: what was fixed by what is found, and nothing else, where known rules fail."""

from __future__ import annotations

import pytest

from benchmarks.links import AIMS, MADE_UP, Verdict
from benchmarks.links_made_up import made_up


@pytest.fixture(scope="module", params=MADE_UP)
def verdict(request) -> Verdict:
    found = Verdict()
    made = made_up((request.param,), 500, 7)
    found.judge(made.issues, made.commits, made.fixes, set())
    return found


def test_precision_and_recall(verdict):
    precision, recall = AIMS["made up"]
    assert verdict.all.true > 150
    assert verdict.all.precision >= precision
    assert verdict.all.recall >= recall


def test_known_rules_do_worse_on_the_same(verdict):
    rules = {name: each for name, each in verdict.rules.items() if each.found}
    assert len(rules) == 4
    for each in rules.values():
        assert each.precision + each.recall < verdict.all.precision + verdict.all.recall - 0.1


def test_grade_a_is_at_least_as_right_as_b(verdict):
    assert verdict.grades["A"].precision >= verdict.grades["B"].precision
    assert verdict.grades["A"].right > verdict.grades["B"].right
