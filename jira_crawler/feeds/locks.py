"""Who may write into an output folder: one crawl by itself, or any number of workers; and one merge."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jira_crawler.exceptions import BadArgument
from jira_crawler.store.file_lock import open_lock, try_lock, wait_for_lock


def take(folder: Path, *, shared: bool = False) -> int:
    """Makes the output folder and takes its lock; it is given back when the handle is closed, or its process ends."""
    lock = _open(folder, ".lock")
    if try_lock(lock, shared=shared):
        return lock
    among_workers = not shared and try_lock(lock, shared=True)
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
        if try_lock(lock):
            return lock, number
        os.close(lock)
        number += 1


@contextmanager
def merging(folder: Path) -> Iterator[None]:
    """Keeps other merges, and crawls of one process, out of a folder; workers may go on in it."""
    merge = _open(folder, ".lock.merge")
    try:
        if not try_lock(merge):
            raise BadArgument(f"Another merge is writing to {folder}: wait until it has ended.")
        lock = _open(folder, ".lock")
        try:
            if not try_lock(lock, shared=True):
                raise BadArgument(f"A crawl is writing to {folder}: wait until it has ended.")
            yield
        finally:
            os.close(lock)
    finally:
        os.close(merge)


def is_taken(folder: Path) -> bool:
    """Whether somebody holds the lock of an output folder."""
    try:
        lock = os.open(folder / ".lock", os.O_RDWR)
    except OSError:
        return False
    try:
        return not try_lock(lock)
    finally:
        os.close(lock)


@contextmanager
def waiting_for(path: Path) -> Iterator[int]:
    """Opens a small file that only one process at a time may change, when it is our turn."""
    handle = _open(path.parent, path.name)
    try:
        wait_for_lock(handle)
        yield handle
    finally:
        os.close(handle)


def _open(folder: Path, name: str) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds what Redact takes out
        return open_lock(folder / name)
    except OSError as error:
        raise BadArgument(f"Nothing can be written to {folder}: {error.strerror}.") from error
