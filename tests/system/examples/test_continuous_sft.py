"""A real model is trained in rounds on what comes, where there is what trains one."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.conftest import ROOT, UNTESTED
from tests.growing import Growing

TRAINS = all(find_spec(name) for name in ("torch", "trl", "transformers", "tokenizers", "datasets"))


def run(*arguments: str) -> CompletedProcess[str]:
    command = [sys.executable, "-m", "examples.continuous_sft", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.skipif(not TRAINS, reason=f"NO TORCH, NO TRL: examples/continuous_sft.py, but for its loop, {UNTESTED}")
def test_a_tiny_model_is_trained_in_rounds_and_goes_on(tmp_path: Path) -> None:
    growing = Growing(tmp_path / "output")
    for number in range(1, 9):
        growing.put(number, f"The broker {number} loses its lease.", commit=number == 8)
    arguments = [str(growing.folder), str(tmp_path / "model"), "--min-new", "12", "--idle", "0.1", "--length", "64"]
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    growing.put(9, "Another one.")
    assert run(*arguments).returncode == 0
    last = max(tmp_path.glob("model/round-*"))
    assert int(last.name[-5:]) > 1
    assert (last / "model.safetensors").stat().st_size > 10_000
    growing.close()


def test_one_sentence_where_the_extra_is_missing(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['trl'] = None; from examples.continuous_sft import main; sys.exit(main())"
    command = [sys.executable, "-c", hidden, str(tmp_path), str(tmp_path / "model")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "is not installed: pip install 'jira-crawler[train]'" in done.stderr
