"""A worker that is killed around its commit loses nothing that counts, and leaves no lock behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jira_crawler.feeds.dataset import Dataset
from tests.unit.feeds.made import lines, put

KILLED = """
import os, signal, sys
from pathlib import Path
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.store import Store
from tests.unit.feeds.made import put
dataset = Dataset(Path(sys.argv[1]), sys.argv[2], shared=True)
put(dataset, 1, "a")
dataset.commit()
save = Store.save
def dies(*arguments, **named):
    if sys.argv[3] == "after":
        save(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)
Store.save = dies
put(dataset, 2, "b")
dataset.commit()
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_one_that_is_killed_around_its_commit_holds_nobody_up(tmp_path, postgres_url, moment):
    other = Dataset(tmp_path / "elsewhere", postgres_url, shared=True)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path / "output", postgres_url, moment],
        cwd=Path(__file__).parent.parent.parent.parent,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    [path] = (tmp_path / "output").glob("ACME.*.jsonl")
    assert path.read_bytes() == lines(1, "a") + lines(2, "b")
    put(other, 3, "c")
    other.commit()
    again = Dataset(tmp_path / "output", postgres_url, shared=True)
    assert path.name == f"ACME.{again.shard}.jsonl"
    assert path.read_bytes() == lines(1, "a") + (lines(2, "b") if moment == "after" else b"")
    put(again, 2, "b")
    again.commit()
    assert path.read_bytes() == lines(1, "a") + lines(2, "b")
    again.close()
    other.close()
