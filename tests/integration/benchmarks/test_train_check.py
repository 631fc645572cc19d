"""What train-check says of a training, and without one; the training itself is not part of the tests."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.train_check import NOT_INSTALLED
from tests.conftest import ROOT


def test_one_sentence_where_the_extra_is_missing():
    program = (
        "import sys; sys.modules['torch'] = None; from benchmarks import train_check; sys.exit(train_check.main())"
    )
    command = [sys.executable, "-W", "error::SyntaxWarning", "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == NOT_INSTALLED
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and "torch is not installed" in done.stderr
