"""A real model is trained in rounds on what comes: `make train-check` runs it, which has what trains."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

from tests.conftest import ROOT
from tests.growing import Growing


def run(*arguments: str) -> CompletedProcess[str]:
    command = [sys.executable, "-m", "examples.continuous_sft", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


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
