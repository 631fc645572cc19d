"""Overlap is counted from files, so what is in two of them is found."""

from __future__ import annotations

import pytest

from jira_crawler.exports.audit import Overlap, overlap
from jira_crawler.exports.formats import FORMATS
from jira_crawler.exports.shards import Layout, Split
from jira_crawler.redaction.placeholders import MARKS, count_marks
from tests.unit.exports.conftest import KINDS
from tests.unit.exports.test_splits import entry, issue

TEXTS = ("one", "two", "three", "two")
GROUPS = ("a", "b", "a", "c")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("files", ["parquet", "jsonl", "jsonl.zst"])
def test_planted_overlap_is_found(tmp_path, kind, files):
    (tmp_path / "data").mkdir()
    form, written = FORMATS[kind], {}
    for at, name in enumerate(("train", "test")):
        records = []
        for text, group in list(zip(TEXTS, GROUPS, strict=True))[2 * at : 2 * at + 2]:
            whole = entry(issue(1, text=text))
            records += form.records(whole, form.suited(whole, whole.samples), f"{ord(group):016x}")
        with Split(tmp_path, name, len(records), 1, form, Layout(files=files)) as split:
            for record in records:
                split.write(record, 1)
        written[name] = split.paths
    # `issues` shows each text twice: in the thread and in the inputs of its tasks.
    inputs, count = {"issues": (2, 4), "text": (1, 4), "threads": (1, 4)}.get(kind, (1, 8))
    assert overlap(written, form) == Overlap(groups=1, inputs=inputs, rows=count)
    assert not overlap({"train": written["train"]}, form).leaks


def test_every_mark_of_the_redaction_is_counted():
    import re
    from pathlib import Path

    from jira_crawler import redaction

    sources = "".join(path.read_text("utf-8") for path in Path(redaction.__file__).parent.rglob("*.py"))
    made = set(re.findall(r'Final = "<([A-Z_]+)>"', sources))
    assert made
    assert made <= {mark.strip("<>") for mark in MARKS}
    assert count_marks("<EMAIL> a <EMAIL>, Map<KEY, V>, <T> and <KEY>") == {"EMAIL": 2, "KEY": 1}
