"""What was recorded of a repository can be served: lists of REST, and archives of GraphQL."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from fake_github.data.recorded import load
from fake_server import BadOption

AT = "2024-05-01T10:00:00Z"


def write(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


def listed(number: int, **more) -> dict:
    told = {"id": 100 + number, "number": number, "title": "t", "body": None, "user": None, "state": "open"}
    told |= {"created_at": AT, "updated_at": AT, "closed_at": None, "labels": [], "assignees": []}
    return told | {"repository_url": "https://api.example.org/repos/acme/rocket"} | more


def test_lists_of_rest(tmp_path: Path) -> None:
    said = {"id": 7, "issue_url": "https://h/repos/acme/rocket/issues/3", "user": {"login": "ada1"}, "body": "b"}
    said |= {"created_at": AT, "updated_at": AT}
    write(tmp_path / "issues.jsonl.gz", [listed(1), listed(3, pull_request={"merged_at": AT})])
    write(tmp_path / "comments.jsonl.gz", [said, said])
    (holding,) = load(tmp_path)
    items = holding.repository.items
    assert holding.repository.full_name == "acme/rocket"
    assert {number: item.gone for number, item in items.items()} == {1: None, 2: "deleted", 3: None}
    assert [each.id for each in items[3].comments] == [7]
    assert items[3].pull and items[3].pull.merged


def test_numbers_that_begin_late_are_counted_from_one(tmp_path: Path) -> None:
    write(tmp_path / "issues.jsonl.gz", [listed(20_001), listed(20_003)])
    (holding,) = load(tmp_path)
    assert sorted(holding.repository.items) == [1, 2, 3]


def test_a_folder_without_any_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="no recorded repository"):
        load(tmp_path)
