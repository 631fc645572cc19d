"""What train-check says of a training, and without one; the training itself is not part of the tests."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest

from benchmarks.train_check import NOT_INSTALLED, NOTHING_LEARNED, judge
from tests.conftest import ROOT


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


def test_one_sentence_where_the_extra_is_missing():
    program = (
        "import sys; sys.modules['torch'] = None; from benchmarks import train_check; sys.exit(train_check.main())"
    )
    command = [sys.executable, "-W", "error::SyntaxWarning", "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == NOT_INSTALLED
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and "torch is not installed" in done.stderr
