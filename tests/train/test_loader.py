"""torchdata's StatefulDataLoader goes on behind each batch: `make train-check` runs it, which has one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.growing import Growing

PROGRAM = """
import sys
from collections import Counter
import torch
from torchdata.stateful_dataloader import StatefulDataLoader
from jira_crawler.stream import Samples

def loader(state=None, **more):
    workers = int(sys.argv[2])
    context = {"multiprocessing_context": sys.argv[3]} if workers else {}
    samples = Samples(sys.argv[1], split=None, **more)
    made = StatefulDataLoader(samples, batch_size=7, num_workers=workers, **context)
    if state:
        made.load_state_dict(state)
    return made

def ids(batches):
    return [id_ for batch in batches for id_ in batch["id"]]

if __name__ == "__main__":
    whole = ids(loader())
    assert len(whole) == len(set(whole)) == 90, len(whole)
    for stop in (1, 6, 12, 13):
        first, given = loader(), []
        iterator = iter(first)
        for _ in range(stop):
            given += next(iterator)["id"]
        state = first.state_dict()
        del iterator
        assert given + ids(loader(state)) == whole, stop
    ended = loader()
    ids(ended)
    assert len(ids(loader(ended.state_dict()))) == 90
    follow = {"follow": True, "idle": 0.0}
    first = loader(**follow)
    iterator = iter(first)
    given = ids([next(iterator) for _ in range(5)])
    state = first.state_dict()
    del iterator
    assert max(Counter(given + ids(loader(state, **follow))).values()) == 1
    print("right")
"""


@pytest.mark.parametrize(("workers", "context"), [(0, "-"), (2, "fork"), (2, "spawn")])
def test_a_loader_goes_on_behind_each_batch(tmp_path: Path, workers: int, context: str) -> None:
    growing = Growing(tmp_path / "output")
    for number in range(1, 31):
        growing.put(number, f"The text of {number}.", commit=number == 30)
    growing.close()
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, "-W", "ignore", str(program), str(growing.folder), str(workers), context]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.stdout == "right\n", done.stderr
