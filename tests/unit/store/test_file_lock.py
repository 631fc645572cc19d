"""A lock belongs to whoever opened the file, until that is closed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jira_crawler.store.file_lock import open_lock, try_lock


def test_one_has_it_or_several_share_it(tmp_path: Path) -> None:
    first, second, third = (open_lock(tmp_path / ".lock") for _ in range(3))
    assert try_lock(first)
    assert not try_lock(second, shared=True)
    os.close(first)
    assert try_lock(second, shared=True)
    assert try_lock(third, shared=True)
    assert not try_lock(second)
    os.close(second)
    assert try_lock(third)
    os.close(third)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").touch()
    (tmp_path / ".lock").symlink_to(tmp_path / "theirs")
    with pytest.raises(OSError, match=r"\.lock"):
        open_lock(tmp_path / ".lock")
