"""What is remembered of files beside the manifest, so that an update need not read again what did not change.

It is of this folder on this machine, and worth nothing elsewhere: a copy has other times. Whatever it lacks, or says of
a file that is another one by now, is looked up in that file.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jira_crawler.feeds import files
from jira_crawler.tables.manifest import Files, wrong_file
from jira_crawler.tables.parquet import Written

NAME: Final = ".remembered.json"
# What changed as lately may change again without another time: some filesystems count in steps of two seconds.
_SETTLED: Final = 2_000_000_000

Stamp = tuple[int, int, int, int]  # inode, size, and when its content and it itself changed last (ns)
Wrong = list[tuple[str, str, str]]


class Said(msgspec.Struct, array_like=True):
    """What a file says as a whole: the first and last id in it; the rest is of `issues`, or of `custom_fields`.

    `counts` are issues by site and project with the first and last creation (µs), `fields` sites and ids of fields.
    """

    ids: tuple[int, int] | None = None
    counts: list[tuple[str | None, str | None, int, int | None, int | None]] = []
    fields: list[tuple[str | None, str | None]] = []


class _File(msgspec.Struct, array_like=True):
    sha256: str
    stamp: Stamp | None = None  # of when it was hashed
    said: Said | None = None


class Remembered:
    """What is known of the files of a folder, by table and name; `write` keeps it for the next time."""

    def __init__(self, folder: Path, known: dict[str, _File] | None = None):
        self.folder, self._files = folder, known or {}
        self._was = msgspec.json.encode(self._files)

    @classmethod
    def read(cls, folder: Path) -> Remembered:
        """Reads what was kept; what is none of ours, or cut short, is as if there were nothing."""
        try:
            return cls(folder, msgspec.json.decode((folder / NAME).read_bytes(), type=dict[str, _File]))
        except (OSError, ValueError, RecursionError):
            return cls(folder)

    def wrong_files(self, tables: Files, *, trusting: bool) -> Wrong:
        """Holds files against what a manifest says: gives table, name and what is wrong of each that is not so.

        With `trusting`, a file of which neither size nor times are others than when it was hashed last is not hashed
        again. Nobody can write to a file and leave the time of its last change as it was; a disk that forgets can.
        """
        found = []
        for table, by_name in sorted(tables.items()):
            for name, written in sorted(by_name.items()):
                before = _stamp(self.folder / table / name)
                known = self._file(table, name, written)
                if trusting and before and known.stamp == before:
                    continue
                known.stamp = None
                if why := wrong_file(self.folder / table / name, written):
                    found.append((table, name, why))
                elif before and time.time_ns() - before[-1] > _SETTLED:
                    known.stamp = before
        return found

    def said(self, table: str, name: str, written: Written) -> Said:
        """Tells what a file says, and reads it only where nobody has since it was written."""
        known = self._file(table, name, written)
        if known.said is None:
            known.said = _SAYING[table](self.folder / table / name)
        return known.said

    def _file(self, table: str, name: str, written: Written) -> _File:
        known = self._files.get(f"{table}/{name}")
        if known is None or known.sha256 != written.sha256:
            known = self._files[f"{table}/{name}"] = _File(written.sha256)
        return known

    def write(self, tables: Files) -> None:
        """Keeps what is known of the files that a manifest names; the folder is as good without it."""
        named = {f"{table}/{name}": each.sha256 for table, by_name in tables.items() for name, each in by_name.items()}
        kept = {key: self._files[key] for key in sorted(named.keys() & self._files.keys())}
        told = msgspec.json.encode({key: each for key, each in kept.items() if each.sha256 == named[key]})
        if told != self._was:
            with suppress(OSError), files.published(self.folder / NAME) as file:
                file.write(told)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _columns(path: Path, names: list[str]) -> pa.Table:
    with pq.ParquetFile(path) as file:  # what reads folders of files would have to be loaded first
        return file.read(names, use_threads=False)


def _of_issues(path: Path) -> Said:
    found = _columns(path, ["site", "issue_id", "project", "created"])
    ends = pc.min_max(found["issue_id"]).as_py()
    # As whole numbers: not every year that a tracker names is one of Python's.
    created = found.schema.get_field_index("created")
    found = found.set_column(created, "created", pc.cast(found["created"], pa.int64()))
    wanted = [([], "count_all"), ("created", "min"), ("created", "max")]
    counted = found.group_by(["site", "project"]).aggregate(wanted).to_pylist()
    return Said(
        (ends["min"], ends["max"]) if found.num_rows else None,
        [
            (row["site"], row["project"], row["count_all"], row["created_min"], row["created_max"])
            for row in sorted(counted, key=lambda row: (row["site"] or "", row["project"] or ""))
        ],
    )


def _of_fields(path: Path) -> Said:
    found = _columns(path, ["site", "field_id"])
    distinct = found.group_by(["site", "field_id"]).aggregate([]).to_pylist()
    return Said(fields=sorted((row["site"], row["field_id"]) for row in distinct))


_SAYING: Final = {"issues": _of_issues, "custom_fields": _of_fields}
