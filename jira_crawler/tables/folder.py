"""The folder of the tables: whose it is, who may write to it, and what lies in it that nobody is told of."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.resources import files as resources
from pathlib import Path
from typing import Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files
from jira_crawler.store.file_lock import open_lock, try_lock
from jira_crawler.tables.manifest import NAME, Files, Manifest
from jira_crawler.tables.remembered import NAME as REMEMBERED
from jira_crawler.tables.schemas import MONTHLY, SMALL

VIEWS: Final = "views.sql"
LOCK: Final = ".lock"
ALL: Final = "all"  # the one file of a table without months
NONE: Final = "none"  # a file without rows, so that a table in which nothing is can be asked as well
_OURS: Final = re.compile(r"\.?(?:\d{4}-\d{2}|undated|all|none)\.parquet(?:\.new)?")
_WRITTEN: Final = (NAME, VIEWS, REMEMBERED)
_NAMES: Final = frozenset({*MONTHLY, *SMALL, *_WRITTEN, *(f".{name}.new" for name in _WRITTEN), LOCK, "attachments"})


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Makes a folder of tables, and keeps others from writing to it; raises BadArgument if it is somebody else's."""
    with taken(folder, _NAMES, NAME, "table"):
        for table in (*MONTHLY, *SMALL):
            if (folder / table).is_symlink():
                raise BadArgument(f"{folder / table} is a symbolic link, which nothing is written through.")
            (folder / table).mkdir(exist_ok=True)
        yield


@contextmanager
def taken(folder: Path, ours: Collection[str], manifest: str, what: str, mode: int = 0o777) -> Iterator[None]:
    """Makes a folder for us alone while the block lasts; raises BadArgument where others write to it or it is theirs.

    `ours` are the names that may be in it, but where its `manifest` says that it is ours; `what` it is for.
    """
    try:
        if folder.is_symlink():
            raise BadArgument(f"{folder} is a symbolic link, which nothing is written through.")
        folder.mkdir(mode, parents=True, exist_ok=True)
        there = sorted(entry.name for entry in os.scandir(folder))
        # What we began has a lock from the first moment on; without one, what is called as ours is somebody's.
        foreign = [name for name in there if name not in ours] if LOCK in there else there
        if foreign and not (folder / manifest).exists():
            raise BadArgument(f"{folder} holds what is no {what}, such as {foreign[0]}: it is not written to.")
        lock = open_lock(folder / LOCK)
    except OSError as error:
        raise BadArgument(f"{what.capitalize()}s cannot be written to {folder}: {error.strerror}.") from error
    try:
        if not try_lock(lock):
            raise BadArgument(f"Somebody else is writing {what}s to {folder}: wait until that has ended.")
        yield
    finally:
        os.close(lock)


def publish(folder: Path, before: Manifest | None, now: Manifest) -> None:
    """Writes the views and then the manifest; what it does not name goes after that."""
    views = resources("jira_crawler").joinpath("tables", VIEWS).read_bytes()
    if not (folder / VIEWS).is_file() or (folder / VIEWS).read_bytes() != views:
        with files.published(folder / VIEWS) as file:
            file.write(views)
    if before is None or (folder / NAME).read_bytes() != now.encoded():
        for table in now.tables:
            files.sync(folder / table)
        now.write(folder)
    for path in list(strays(folder, now.tables)):
        path.unlink()


def strays(folder: Path, tables: Files) -> Iterator[Path]:
    """Gives what an earlier run of ours left in the folder, and the manifest does not name."""
    for table in (*MONTHLY, *SMALL):
        there = (folder / table).iterdir() if (folder / table).is_dir() else ()
        for entry in sorted(path for path in there if _OURS.fullmatch(path.name)):
            if entry.name not in tables.get(table, {}):
                yield entry
