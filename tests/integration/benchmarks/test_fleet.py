"""The benchmark of a fleet measures what it says: the middle of a walk, whose CPU was used, and what a lease costs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fleet import started, watched
from benchmarks.fleet_cpu import MACHINE, Samples

SPIN = "import sys, time\nwhile time.process_time() < 0.3: pass\nprint(flush=True); sys.stdin.read()"


@pytest.mark.skipif(not Path("/proc/stat").exists(), reason="CPUs are looked at where there is /proc")
def test_what_a_process_and_its_children_used_is_seen_and_kept():
    with subprocess.Popen([sys.executable, "-c", SPIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        samples = Samples({"child": child.pid, "parent": os.getpid()})
        samples.take()
        child.stdin.close()
        child.wait()
        samples.take()
    first, last = samples.spent["child"]
    assert 0.25 <= first <= last
    assert samples.spent["parent"][0] >= first
    assert samples.spent[MACHINE][0] > 0


def test_a_worker_that_fails_is_told_and_nobody_is_left(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    with (
        pytest.raises(RuntimeError, match="ended with 1:\nout of order"),
        started([sys.executable, "-c", "import time; time.sleep(60)"], other, 1) as sleeping,
        started([sys.executable, "-c", "import sys; sys.exit('out of order')"], tmp_path, 1) as failing,
    ):
        watched({"0": sleeping["1"], **failing}, {}, tmp_path)
    assert sleeping["1"].poll() < 0
