"""The reader that most trainers use loads every export, offline, with the types that the card tells."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from jira_crawler.exports.formats import FORMATS
from jira_crawler.exports.shards import Layout
from tests.unit.exports.conftest import KINDS, issue
from tests.unit.exports.talk import lines
from tests.unit.exports.test_duplicates import tracker
from tests.unit.exports.test_export import run
from tests.unit.exports.test_preference import several as answered

# In a process of its own: `datasets` reads its environment when it is imported, and warns of things of its own.
READ = """
import json, sys, datasets
told = {}
for folder in sys.argv[1:]:
    loaded = datasets.load_dataset(folder, cache_dir=folder + "-cache")
    told[folder] = {
        "rows": {name: split.num_rows for name, split in loaded.items()},
        "types": {name: str(kind) for name, kind in loaded["train"].features.items()},
        "last": loaded["train"][-1],
        "empty": sum(value is None for split in loaded.values() for row in split for value in row.values()),
    }
print(json.dumps(told, default=str))
"""


@pytest.fixture
def loaded(feeds, tmp_path):
    """Exports every format in every kind of file, and loads all of them; gives what was made and what was read."""
    several = [
        issue(number, quality=0 if number < 30 else 0.25, labels="" if number < 30 else "a, b")
        for number in range(1, 41)
    ]
    folder = feeds(*several)
    made = {
        str(tmp_path / f"{kind}-{files}"): run(
            folder, tmp_path / f"{kind}-{files}", kind, layout=Layout(files=files, most_rows=25), shares=(60, 20, 20)
        )
        for kind in KINDS
        for files in ("parquet", "jsonl", "jsonl.zst")
    }
    others = {
        "triplets": feeds(*map(lines, tracker()), name="duplicates"),
        "preference": feeds(*answered(), name="answered"),
    }
    for kind, of in others.items():
        for files in ("parquet", "jsonl", "jsonl.zst"):
            to = tmp_path / f"{kind}-{files}"
            made[str(to)] = run(of, to, kind, layout=Layout(files=files), split_by="none")
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run(
        [sys.executable, "-c", READ, *made],
        env=os.environ | offline,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return made, json.loads(done.stdout)


def test_every_export_loads_offline(loaded):
    made, told = loaded
    assert len(told) == 3 * len(FORMATS)
    for folder, each in made.items():
        assert told[folder]["rows"] == dict(each.rows)
        assert told[folder]["empty"] == 0
        assert told[folder]["types"]["created"] == "Value('timestamp[ms, tz=UTC]')"
        assert list(told[folder]["types"]) == [field.name for field in each.options.kind.fields]
    for kind in FORMATS:  # whatever the files, the same types and values
        same = [
            json.dumps(told[folder], sort_keys=True) for folder, each in made.items() if each.options.format == kind
        ]
        assert len(same) == 3
        assert len(set(same)) == 1


def test_each_task_loads_by_its_name(feeds, tmp_path):
    folder = tmp_path / "out"
    made = run(feeds(), folder, "chat", layout=Layout(files="jsonl"), by_task=True)
    read = (
        "import sys, datasets\n"
        "load = lambda *name: datasets.load_dataset(sys.argv[1], *name, cache_dir=sys.argv[1] + '-cache')['train']\n"
        "print([load(*name).num_rows for name in ((), ('classification',), ('question_answering',))])\n"
    )
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run(
        [sys.executable, "-c", read, str(folder)],
        env=os.environ | offline,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    half = made.rows["train"] // 2
    assert json.loads(done.stdout) == [2 * half, half, half]
