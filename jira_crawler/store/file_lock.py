"""The one kind of lock on files: the kernel takes it back from whoever closes the file or dies, however that comes."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def open_lock(path: Path) -> int:
    """Opens the file of a lock, made if it is not there, and never somebody else's that a link leads to."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def try_lock(handle: int, *, shared: bool = False) -> bool:
    """Takes the lock if nobody holds it in the way; several may share it."""
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def wait_for_lock(handle: int) -> None:
    """Takes the lock for oneself when it is one's turn."""
    fcntl.flock(handle, fcntl.LOCK_EX)
