"""A benchmark that takes too long ends, with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks.processes import adopting

# Does not listen, and has started a command in a group of its own.
DEAF = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
command = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], process_group=0)
print(command.pid, flush=True)
signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who descends from whom")
def test_what_a_deaf_benchmark_measures_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks, "GRACE", 0.01)
    with adopting(), subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, process_group=0) as deaf:
        assert deaf.stdout
        command = int(deaf.stdout.readline())
        benchmarks._end(deaf)
        deaf.wait()
        status = os.waitpid(command, 0)[1]
    assert deaf.returncode == -signal.SIGKILL
    assert os.WTERMSIG(status) == signal.SIGKILL
