"""A published file is the old one or the new one, and nothing is left beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jira_crawler.feeds.files import append, published


def test_a_file_takes_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    with published(path, 0o600) as file:
        file.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_goes_wrong_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    with pytest.raises(ValueError, match="wrong"), published(path) as file:
        file.write(b"new")
        raise ValueError("wrong")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_that_waits_beside_it_is_not_written_through(tmp_path: Path) -> None:
    theirs, path = tmp_path / "theirs", tmp_path / "report.json"
    theirs.write_text("theirs")
    (tmp_path / ".report.json.new").symlink_to(theirs)
    with published(path) as file:
        file.write(b"new")
    assert (theirs.read_text(), path.read_text()) == ("theirs", "new")


def test_lines_take_the_place_of_what_an_interrupted_run_left_behind_the_certain_length(tmp_path: Path) -> None:
    path = tmp_path / "ACME.jsonl"
    append(path, 0, [b"first\n"])
    path.write_bytes(path.read_bytes() + b"torn in the middle and longer than what follows")
    append(path, 6, [b"second\n", b"", b"third" * 10_000])
    assert path.read_bytes() == b"first\nsecond\n" + b"third" * 10_000
    with pytest.raises(OSError, match="cut short"):
        append(path, 10**9, [b"late"])
