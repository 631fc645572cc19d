"""Feed files: appended, synced, cut back to what is certain, and rewritten without what no longer counts."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO

import orjson

Anew = Mapping[tuple[str, str], Callable[[bytes], bytes]]  # by site and id
_BLOCK = 1 << 20


def append(path: Path, at: int, parts: Iterable[bytes]) -> None:
    """Writes bytes at a known length of a file, over whatever an interrupted run left there, and syncs them.

    One after the other: to put them together first costs four times as much as to write them.
    """
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666), "r+b") as file:
        if os.fstat(file.fileno()).st_size < at:
            raise OSError(f"{path.name} was removed or cut short while it was written")
        file.seek(at)
        file.truncate()
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())


def read(path: Path, offset: int, length: int) -> bytes:
    """Reads the lines that stand at a place of a file."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def quarantine(path: Path) -> None:
    """Renames a file that the store knows nothing of to `<name>.old…`: it is somebody's, and not to be written over."""
    if os.path.lexists(path):
        names = (path.with_name(f"{path.name}.old{n or ''}") for n in count())
        path.replace(next(name for name in names if not os.path.lexists(name)))


def reaches(path: Path, length: int) -> bool:
    """Whether a path is a file, and at least as long as what is certain of it."""
    return path.is_file() and path.stat().st_size >= length


def cut_back(path: Path, length: int) -> None:
    """Cuts a file to its certain length."""
    if path.stat().st_size > length:
        os.truncate(path, length)


def copy_spans(
    source: Path, target: Path, spans: Iterable[tuple[str, str, int, int]], anew: Anew
) -> Iterator[tuple[str, str, int]]:
    """Copies the lines at (site, id, offset, length) into a new file, and yields (site, id, new offset).

    Those that are named in `anew` are written as that makes them. The new file is synced when the iterator is
    exhausted, and nothing of it counts before.
    """
    try:
        with source.open("rb") as old, synced(target) as new:
            for site, id_, offset, length in spans:
                yield site, id_, new.tell()
                old.seek(offset)
                if change := anew.get((site, id_)):
                    new.write(change(old.read(length)))
                else:
                    _copy(old, new, length)
        sync(target.parent)  # its name, too, must be there when the store says that it is
    except Exception:
        target.unlink(missing_ok=True)
        raise


def _copy(old: IO[bytes], new: IO[bytes], length: int) -> None:
    while length:
        block = old.read(min(length, _BLOCK))
        if not block:
            raise OSError(f"{old.name} ends before what the store says it holds")
        new.write(block)
        length -= len(block)


@contextmanager
def synced(path: Path, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """Opens a new file in the place of whatever has that name, without following it anywhere; the block's end syncs."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def published(path: Path, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """Gives a file to write, which takes the place of another at the end of the block.

    A crash leaves the old one or the new one, and what goes wrong leaves the old one.
    """
    aside = path.with_name(f".{path.name}.new")
    try:
        with synced(aside, mode) as file:
            yield file
        replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


@contextmanager
def spooled(offsets: Iterable[tuple[str, str, int]]) -> Iterator[Iterator[tuple[str, str, int]]]:
    """Takes all that an iterator gives, now, and gives it again in the block; what waits does so on disk."""
    with tempfile.TemporaryFile() as file:
        for each in offsets:
            file.write(orjson.dumps(each) + b"\n")
        file.seek(0)
        yield ((site, id_, offset) for site, id_, offset in map(orjson.loads, file))


def replace(temporary: Path, path: Path) -> None:
    """Puts a finished file in the place of another, so that a crash leaves the one or the other."""
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Makes a file durable, or the names in a folder, which is what the files that they name need as well."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
