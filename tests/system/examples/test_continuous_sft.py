"""The example of a trainer, where there is nothing that trains."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_one_sentence_where_the_extra_is_missing(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['trl'] = None; from examples.continuous_sft import main; sys.exit(main())"
    command = [sys.executable, "-c", hidden, str(tmp_path), str(tmp_path / "model")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "is not installed: pip install 'jira-crawler[train]'" in done.stderr
