"""A trainer that is killed while issues change has seen each version once, and the trial would tell if it had not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.stream_kills import Verdict, trial


def test_a_trainer_is_killed_and_has_seen_the_truth(tmp_path: Path) -> None:
    verdict = trial(tmp_path, kills=2, seed=11)
    assert verdict.is_right, verdict.sentence
    assert (verdict.kills, len(verdict.true) > 120, len(verdict.of_test) > 10) == (2, True, True)


def test_what_is_wrong_is_told() -> None:
    true = Counter({("a", "1"): 1, ("b", "1"): 1})
    for seen, of_test in (
        (Counter({("a", "1"): 2, ("b", "1"): 1}), set()),
        (Counter({("a", "1"): 1}), set()),
        (true | Counter({("c", "1"): 1}), set()),
        (true, {"b"}),
    ):
        assert not Verdict(true=true, seen=seen, of_test=of_test).is_right
    assert Verdict(true=true, seen=true, of_test={"c"}).is_right
