"""A store in a file: what its process holds while others open and close it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import text

from jira_crawler.exceptions import BadArgument
from jira_crawler.store.database import connect


def locks(path: Path) -> int:
    """How many locks this process has on a file."""
    inode = f":{path.stat().st_ino}"
    held = Path("/proc/locks").read_text().splitlines()
    return sum(f" {os.getpid()} " in line and line.split()[-3].endswith(inode) for line in held)


@pytest.mark.skipif(not Path("/proc/locks").is_file(), reason="only Linux tells which locks there are")
def test_opening_a_store_once_more_leaves_the_locks_of_who_has_it_open(tmp_path: Path) -> None:
    """Without them another process that closes it takes itself for the last, and removes the log of what is written."""
    path = tmp_path / "store.sqlite"
    engine = connect(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM issues")).scalar()
        before = locks(path)
        assert before > 0
        connect(f"sqlite:///{path}").dispose()
        assert locks(path) == before
    engine.dispose()


def test_a_store_is_never_a_file_that_a_link_leads_to(tmp_path: Path) -> None:
    there = tmp_path / "elsewhere.sqlite"
    connect(f"sqlite:///{there}").dispose()
    (tmp_path / "store.sqlite").symlink_to(there)
    with pytest.raises(BadArgument, match="symbolic link, and not followed"):
        connect(f"sqlite:///{tmp_path / 'store.sqlite'}")
