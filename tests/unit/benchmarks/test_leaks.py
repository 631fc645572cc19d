"""The audit of a feed notices what must not be in one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks.leaks import main

LINE: dict[str, Any] = {
    "id": "site-1-summarization-title",
    "task_type": "summarization",
    "instruction": "Do it.",
    "input": "It stops after an hour of work, every night.",
    "output": "The pump fails",
    "metadata": {"site": "site", "issue_id": "1", "example_type": "title_from_description"},
}
LABEL = {"task_type": "classification", "output": "Bug", "metadata": LINE["metadata"] | {"example_type": "issue_type"}}
QUOTE = "Restart the broker with the old log directory and move the partitions back to the new disk."


def audited(folder: Path, monkeypatch: pytest.MonkeyPatch, *lines: dict[str, Any], least: str = "0") -> int:
    (folder / "ABC.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    (folder / "rejects.jsonl").write_bytes(b"no JSON")
    monkeypatch.setattr(sys, "argv", ["leaks", str(folder), "--least", least])
    return main()


@pytest.mark.parametrize(
    "change",
    [
        {},
        LABEL | {"input": "I debug it."},
        LABEL | {"input": "See a@b in `ann@example.org` and icon@2x.png of git@example.org:it.git"},
        {"task_type": "pretraining", "instruction": "", "input": ""},
    ],
)
def test_a_good_feed_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]) -> None:
    assert audited(tmp_path, monkeypatch, LINE | change) == 0


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"input": "He says: THE “pump”\nfa\u00adils."}, "answer in input"),
        ({"output": QUOTE + " It helps.", "input": "> " + QUOTE}, "answer in input"),
        (LABEL | {"input": "It is a **bug**."}, "label in input"),
        (LABEL | {"input": "A w-o-n-t-fix.", "output": "Won't Fix"}, "label in input"),
        (LABEL | {"task_type": "multi_label_classification", "output": "web, core", "input": "The core."}, "label"),
        ({"output": " "}, "empty"),
        ({"input": ""}, "empty"),
        ({"output": None}, "not a text"),
        ({"task_type": "poetry"}, "unknown task"),
        ({"metadata": LINE["metadata"] | {"labels": []}}, "metadata"),
        ({"metadata": LINE["metadata"] | {"labels": None}}, "metadata"),
        ({"input": "Write to ann@example.org, please."}, "e-mail"),
        ({"output": "Ask ann@example.org"}, "e-mail"),
    ],
)
def test_a_bad_line_is_noticed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, Any],
    kind: str,
) -> None:
    assert audited(tmp_path, monkeypatch, LINE | {"id": "good"}, LINE | change) == 1
    assert kind in capsys.readouterr().out


def test_a_listing_of_another_label_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = LINE | LABEL | {"id": "other", "output": "Task"}
    listing = LINE | LABEL | {"input": "Hello.\n* **Type:** task"}
    assert audited(tmp_path, monkeypatch, listing) == 0
    assert audited(tmp_path, monkeypatch, listing, task) == 1


def test_ids_are_counted_and_so_are_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert audited(tmp_path, monkeypatch, LINE, LINE) == 1
    assert audited(tmp_path, monkeypatch, LINE, LINE | {"id": "2"}, least="2") == 0
    assert audited(tmp_path, monkeypatch, LINE, LINE | {"id": "2"}, least="2.1") == 1
    assert audited(tmp_path, monkeypatch) == 1
