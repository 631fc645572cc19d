"""What train-check says of a training, and without one; the training itself is not part of the tests."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from benchmarks.train_check import NOTHING_LEARNED, check, compare, judge, show


@pytest.mark.parametrize(
    ("last", "after", "status"),
    [(4.0, 4.0, 0), (7.9, 4.0, NOTHING_LEARNED), (4.0, 8.5, NOTHING_LEARNED), (9.0, 9.0, NOTHING_LEARNED)],
)
def test_both_losses_have_to_fall_clearly(last, after, status, capsys):
    losses = [9.0] * 20 + [last] * 20
    trained = SimpleNamespace(losses=losses, before=9.0, after=after, tokens=1, seconds=2.0)
    assert judge(trained) == status
    show(trained)
    said = capsys.readouterr().out
    assert ("does not clearly fall" in said) == bool(status)
    assert f"{after:.3f}" in said


def test_both_figures_stand_side_by_side(capsys):
    trained = {
        name: SimpleNamespace(losses=[9.0], before=9.0, after=after, tokens=200_000, seconds=2.0)
        for name, after in (("everything", 4.5), ("the diet", 4.25))
    }
    compare(trained)
    said = " ".join(capsys.readouterr().out.split())
    assert "4.500" in said
    assert "4.250" in said
    assert said.count("200,000") == 2


def test_too_little_to_hold_out_is_said(capsys, tmp_path):
    tiny = SimpleNamespace(tokenizer=lambda _: "known", fitting=lambda rows, _: rows)
    rows = {"train": SimpleNamespace(select_columns=lambda _: [])}
    assert check(tiny, rows, rows, 1, 1.0, tmp_path) == NOTHING_LEARNED
    assert "fewer than 100 short examples, or 5 resolving comments" in capsys.readouterr().err
