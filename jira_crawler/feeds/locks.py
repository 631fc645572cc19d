"""Who may write into an output folder: one crawl by itself, or any number of workers; and one merge."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jira_crawler.exceptions import BadArgument


def take(folder: Path, *, shared: bool = False) -> int:
    """Makes the output folder and takes its lock; it is given back when the handle is closed, or its process ends."""
    lock = _open(folder, ".lock")
    if _flock(lock, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
        return lock
    among_workers = not shared and _flock(lock, fcntl.LOCK_SH)
    os.close(lock)
    if shared:
        raise BadArgument(f"A crawl of one process is writing to {folder}: give the workers a folder of their own.")
    if among_workers:
        raise BadArgument(
            f"Workers or a merge are writing to {folder}: give this crawl a folder of its own, or wait for them."
        )
    raise BadArgument(f"Another crawl is writing to {folder}: give this one a folder of its own.")


def take_number(folder: Path) -> tuple[int, int]:
    """Takes the first number, from 1, that no other worker in this folder has; gives the handle, and the number."""
    number = 1
    while True:
        lock = _open(folder, f".lock.{number}")
        if _flock(lock, fcntl.LOCK_EX):
            return lock, number
        os.close(lock)
        number += 1


@contextmanager
def merging(folder: Path) -> Iterator[None]:
    """Keeps other merges, and crawls of one process, out of a folder; workers may go on in it."""
    merge = _open(folder, ".lock.merge")
    try:
        if not _flock(merge, fcntl.LOCK_EX):
            raise BadArgument(f"Another merge is writing to {folder}: wait until it has ended.")
        lock = _open(folder, ".lock")
        try:
            if not _flock(lock, fcntl.LOCK_SH):
                raise BadArgument(f"A crawl is writing to {folder}: wait until it has ended.")
            yield
        finally:
            os.close(lock)
    finally:
        os.close(merge)


@contextmanager
def waiting_for(path: Path) -> Iterator[int]:
    """Opens a small file that only one process at a time may change, when it is our turn."""
    handle = _open(path.parent, path.name)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _open(folder: Path, name: str) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds what Redact takes out
        return os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise BadArgument(f"Nothing can be written to {folder}: {error.strerror}.") from error


def _flock(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
