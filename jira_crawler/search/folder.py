"""The folder of the index: whose it is, who may write to it, and which of the indexes in it counts."""

from __future__ import annotations

import os
import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import IO, Final

import msgspec

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files
from jira_crawler.search.engine import Damaged, State
from jira_crawler.store.file_lock import open_lock, try_lock

SEARCH: Final = "search"  # the folder in OUTPUT_DIR
LOCK: Final = ".lock"
STATE: Final = "state.json"
_INDEX: Final = re.compile(r"index-[0-9a-f]{8}")
_OURS: Final = re.compile(rf"{_INDEX.pattern}|\.?{re.escape(STATE)}(?:\.new)?|{re.escape(LOCK)}")
_END: Final = 8  # bytes behind the footer of a file of the engine: its length, and a number that is always the same
_NUMBER: Final = 1337
_LONGEST: Final = 10_000  # bytes of a footer
_PIECE: Final = 1 << 20


class Busy(BadArgument):
    """Another process keeps the index current."""


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """What `state.json` says: the state of the index, and in which folder it is."""

    version: int
    store: str
    through: int
    index: str

    @property
    def state(self) -> State:
        return State(self.version, self.store, self.through)


def locked(folder: Path) -> int:
    """Makes the folder, and keeps others from writing to it until the handle is closed; raises BadArgument."""
    try:
        if folder.is_symlink():
            raise BadArgument(f"{folder} is a symbolic link, which nothing is written through.")
        folder.mkdir(parents=True, exist_ok=True)
        there = sorted(entry.name for entry in os.scandir(folder))
        if foreign := [name for name in there if not _OURS.fullmatch(name)]:
            raise BadArgument(f"{folder} holds what is no index, such as {foreign[0]}: it is not written to.")
        lock = open_lock(folder / LOCK)
    except OSError as error:
        raise BadArgument(f"The index cannot be written to {folder}: {error.strerror}.") from error
    if not try_lock(lock):
        os.close(lock)
        raise Busy(f"Somebody else is writing the index in {folder}: wait until that has ended.")
    return lock


def name(lock: int) -> str:
    """Gives what tells this folder from any other that follows the same store; it is in the file of the lock."""
    found = os.pread(lock, 8, 0).decode("ascii", "replace")
    if not re.fullmatch("[0-9a-f]{8}", found):
        found = token_hex(4)
        os.pwrite(lock, found.encode(), 0)
        os.fsync(lock)
    return found


def noted(folder: Path) -> Noted | None:
    """Reads what is noted of the index; None where there is none. Raises Damaged."""
    try:
        found = msgspec.json.decode((folder / STATE).read_bytes(), type=Noted)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Damaged(f"The index in {folder} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise Damaged(f"{folder / STATE} is not as it was written.") from error
    if not _INDEX.fullmatch(found.index):
        raise Damaged(f"{folder / STATE} is not as it was written.")
    return found


def note(folder: Path, said: Noted) -> None:
    """Notes it, so that a crash leaves what was noted before, or this."""
    with files.published(folder / STATE) as file:
        file.write(msgspec.json.encode(said))


def fresh(folder: Path) -> Path:
    """Makes the folder of an index that is not there yet."""
    path = folder / f"index-{token_hex(4)}"
    path.mkdir()
    return path


def clear(folder: Path, keep: str) -> None:
    """Takes away every index but one: what was begun and never ended, or was replaced."""
    for path in sorted(folder.iterdir()):
        if _INDEX.fullmatch(path.name) and path.name != keep and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


def wrong(index: Path) -> Iterator[str]:
    """Finds the files of an index that are not as they were written, by the sums that the engine writes behind them."""
    for path in sorted(index.iterdir()):
        if path.name.startswith(".") or path.suffix == ".json" or not path.is_file():
            continue
        with path.open("rb") as file:
            if not _is_whole(file, path.stat().st_size):
                yield path.name


def _is_whole(file: IO[bytes], size: int) -> bool:
    """Reads what the engine says behind a file, and then the file, piece by piece."""
    tail = _read(file, size - _END, _END)
    length = int.from_bytes(tail[:4], "little")
    if len(tail) < _END or int.from_bytes(tail[4:], "little") != _NUMBER or length > min(size - _END, _LONGEST):
        return False
    left = size - _END - length
    try:
        told = msgspec.json.decode(_read(file, left, length))["crc"]
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return False
    found = 0
    file.seek(0)
    while left and (piece := file.read(min(left, _PIECE))):
        found, left = zlib.crc32(piece, found), left - len(piece)
    return bool(not left and told == found)


def _read(file: IO[bytes], at: int, length: int) -> bytes:
    file.seek(max(0, at))
    return file.read(length)
