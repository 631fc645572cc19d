"""What train-check says of a training, and without one; the training itself is not part of the tests."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from benchmarks.train_check import NOTHING_LEARNED, judge


@pytest.mark.parametrize(
    ("last", "after", "status"),
    [(4.0, 4.0, 0), (7.9, 4.0, NOTHING_LEARNED), (4.0, 8.5, NOTHING_LEARNED), (9.0, 9.0, NOTHING_LEARNED)],
)
def test_both_losses_have_to_fall_clearly(last, after, status, capsys):
    losses = [9.0] * 20 + [last] * 20
    assert judge(SimpleNamespace(losses=losses, before=9.0, after=after, tokens=1, seconds=2.0)) == status
    said = capsys.readouterr().out
    assert ("does not clearly fall" in said) == bool(status)
    assert f"{after:.3f}" in said
