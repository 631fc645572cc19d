"""Which file each worker writes: `<PROJECT>.<shard>.jsonl`, where nobody else has a shard of that name."""

from __future__ import annotations

import os
import re
from pathlib import Path
from secrets import token_hex

from jira_crawler.feeds import locks

_NOTE = ".shards"
_TAKEN = "rejects"  # see feeds/rejects.py
_REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})__[A-Za-z0-9_.-]")
_SHARD = re.compile(r"\.[0-9a-f]{8}-\d+(?:-\d+)?$")


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


def noted(folder: Path) -> tuple[str, bool]:
    """Reads the name of an output folder, "" if it has none, and whether it was given to this very one."""
    try:
        note = os.open(folder / _NOTE, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return "", False
    try:
        name, _, inode = os.read(note, 100).decode("ascii", "replace").strip().partition(" ")
        return name, inode == str(os.fstat(note).st_ino)
    finally:
        os.close(note)


def feed(project: str, shard: str = "") -> str:
    """Gives the name of a project's feed, or of one of its shards.

    On a file system without case a project REJECTS would write into rejects.jsonl; no key holds a hyphen. That of
    `owner/name` is `owner__name`; an owner's name holds no underscore.
    """
    name = f"{project}-" if project.casefold() == _TAKEN else project.replace("/", "__", 1)
    return f"{name}.{shard}.jsonl" if shard else f"{name}.jsonl"


def project(feed: str) -> str:
    """Gives the project that a feed, or a shard of one, holds issues of."""
    name = _name(feed)
    return name.replace("__", "/", 1) if _REPOSITORY.match(name) else name.removesuffix("-")


def is_of(feed: str, shard: str = "") -> bool:
    """Whether a feed belongs to a shard, or with "" to a crawl of one process."""
    return feed.removeprefix(_name(feed)) == (f".{shard}.jsonl" if shard else ".jsonl")


def _name(feed: str) -> str:
    """Gives what stands before the shard. The name of a repository may hold dots, the key of a project may not."""
    if not _REPOSITORY.match(feed):
        return feed.partition(".")[0]
    name = feed.removesuffix(".jsonl")
    return _SHARD.sub("", name)
