"""What is committed stays, what is not is as if it had never been, and the feed holds one version of each issue."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.rows import Row
from tests import rows


def row(number: int, text: str = "text", *, project: str = "ACME", stage: str = "", version: str = "v1") -> Row:
    became = {"stage": stage, "reason": "why", "examples": 0} if stage else {}
    return rows.row(number, project, version=version, content=text[:40], **became)


def line(number: int, text: str = "text") -> bytes:
    return f'{{"id": "{number}", "text": "{text}"}}\n'.encode()


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "output"


def put(dataset: Dataset, number: int, text: str = "text", **more: str) -> None:
    dataset.record(row(number, text, **more), line(number, text))


@pytest.mark.parametrize("name", ["ACME.jsonl", "rejects.jsonl", "report.json", "store.sqlite", ".lock"])
def test_nothing_is_written_through_a_link(folder, tmp_path, name):
    folder.mkdir()
    (tmp_path / "theirs").write_text("theirs\n")
    (folder / name).symlink_to(tmp_path / "theirs")
    with pytest.raises(BadArgument, match="symbolic link"):
        Dataset(folder)
    assert (tmp_path / "theirs").read_text() == "theirs\n"


def test_an_output_folder_may_be_a_link(folder, tmp_path):
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    dataset = Dataset(tmp_path / "link")
    put(dataset, 1, "a")
    dataset.commit()
    dataset.close()
    Dataset(folder).close()
    assert (folder / "ACME.jsonl").read_bytes() == line(1, "a")


def test_a_link_that_comes_later_is_not_followed_either(folder, tmp_path):
    dataset = Dataset(folder)
    (tmp_path / "theirs").write_text("theirs\n")
    for name in ("ACME.jsonl", ".rejects.jsonl.new"):
        (folder / name).symlink_to(tmp_path / "theirs")
    put(dataset, 1, "a")
    dataset.commit()
    dataset.write_rejects()
    dataset.close()
    assert (tmp_path / "theirs").read_text() == "theirs\n"
    assert (folder / "ACME.jsonl").read_bytes() == line(1, "a")


def test_the_private_parts_are_readable_by_their_owner_only(folder):
    dataset = Dataset(folder)
    dataset.record(row(1, "a", stage="Validate"))
    dataset.commit()
    dataset.write_rejects()
    dataset.close()
    for name in ("store.sqlite", "rejects.jsonl"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
