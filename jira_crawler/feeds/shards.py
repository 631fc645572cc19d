"""Which file each worker writes: `<PROJECT>.<shard>.jsonl`, where nobody else has a shard of that name."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_hex

from jira_crawler.feeds import locks

_NOTE = ".shards"


def take(folder: Path) -> tuple[int, str]:
    """Takes a shard for as long as the handle is open; whoever is started again takes the same one, if it is free."""
    handle, number = locks.take_number(folder)
    return handle, f"{identity(folder)}-{number}"


def identity(folder: Path) -> str:
    """Gives the name of an output folder among all that there are, made up when it is first asked for.

    A copy of the folder gets another one: the inode of the note says so.
    """
    with locks.waiting_for(folder / _NOTE) as note:
        inode = str(os.fstat(note).st_ino)
        name, _, noted = os.read(note, 100).decode("ascii", "replace").strip().partition(" ")
        if noted != inode:
            name = token_hex(4)
            os.truncate(note, 0)
            os.pwrite(note, f"{name} {inode}\n".encode(), 0)
            os.fsync(note)
    return name


def feed(project: str, shard: str = "") -> str:
    """Gives the name of a project's feed, or of one of its shards."""
    return f"{project}.{shard}.jsonl" if shard else f"{project}.jsonl"


def project(feed: str) -> str:
    """Gives the project that a feed, or a shard of one, holds issues of."""
    return feed.partition(".")[0]


def is_of(feed: str, shard: str = "") -> bool:
    """Whether a feed belongs to a shard, or with "" to a crawl of one process."""
    return feed.removeprefix(project(feed)) == (f".{shard}.jsonl" if shard else ".jsonl")
