"""Writes a table of Arrow so that rsync finds again what did not change, and puts it in its place when it is whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from jira_crawler.feeds import files
from jira_crawler.tables.schemas import Schema
from jira_crawler.tables.splice import spliced

# Pages end where their content says so, and not after so many rows: what stands behind a change is written as before.
_CHUNKS: Final = {"min_chunk_size": 16 << 10, "max_chunk_size": 64 << 10, "norm_level": 0}
# A row group, which writers and readers hold in memory; whoever writes a month ends it at the same rows.
GROUP_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it is to be: how many rows, how many bytes, and their sha256 in hex."""

    rows: int
    bytes: int
    sha256: str


class _Hashing:
    """A file that is hashed while it is written, front to back, as Parquet is."""

    def __init__(self, file: IO[bytes]):
        self._file, self.sha256, self.size, self.closed = file, hashlib.sha256(), 0, False
        self.is_given_up = False  # a writer cannot be left alone: it ends its file whenever it is collected

    def write(self, data: Any) -> int:
        block = memoryview(data).cast("B")
        if self.is_given_up:
            return block.nbytes
        self._file.write(block)
        self.sha256.update(block)
        self.size += block.nbytes
        return block.nbytes

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._file.flush()

    def seekable(self) -> bool:
        return False

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


class TableFile:
    """One file in the making, beside the one that it is to replace; `publish` counts, and nothing before."""

    def __init__(self, path: Path, schema: Schema, *, mode: int = 0o666, pages_by_content: bool = True):
        self.path, self.schema, self.rows = path, schema, 0
        self._aside = path.with_name(f".{path.name}.new")
        self._waiting: list[pa.Table] = []
        self._lines = 0
        self._aside.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        self._file = os.fdopen(os.open(self._aside, flags, mode), "wb")
        self._hashing = _Hashing(self._file)
        self._writer: pq.ParquetWriter | None = None
        try:
            self._writer = _writer(pa.PythonFile(self._hashing, mode="w"), schema, pages_by_content=pages_by_content)
        except BaseException:
            self.discard()
            raise

    def add(self, table: pa.Table) -> None:
        """Takes rows behind those that are there."""
        self._waiting.append(table)
        self._lines += table.num_rows
        while self._lines >= GROUP_ROWS:
            self._flush(GROUP_ROWS)

    def end_group(self) -> None:
        """Ends the row group with the rows that are there, where these are large."""
        if self._lines:
            self._flush(self._lines)

    def _flush(self, rows: int) -> None:
        whole = pa.concat_tables(self._waiting)
        # In one piece, as the same rows are however they came: the writer's pages would end where pieces do.
        group, rest = whole.slice(0, rows).combine_chunks(), whole.slice(rows)
        assert self._writer  # noqa: S101 - nothing is added to a file that is over
        self._writer.write_table(group, row_group_size=max(rows, 1))
        self.rows += group.num_rows
        self._waiting, self._lines = ([rest], rest.num_rows) if rest.num_rows else ([], 0)

    def publish(self, known: str = "") -> Written:
        """Ends the file and puts it in the place of another one, unless that is the very same (`known`: its sha256)."""
        self.end_group()
        assert self._writer  # noqa: S101
        self._writer.close()
        self._writer = None
        written = Written(self.rows, self._hashing.size, self._hashing.sha256.hexdigest())
        if written.sha256 == known:
            self.discard()
            return written
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        files.replace(self._aside, self.path)
        return written

    def discard(self) -> None:
        """Leaves what is there as it is; does nothing to a file that is over."""
        self._hashing.is_given_up = True
        if self._writer:
            with suppress(OSError, pa.ArrowException):
                self._writer.close()
            self._writer = None
        with suppress(OSError):
            self._file.close()
        self._aside.unlink(missing_ok=True)


def write(path: Path, table: pa.Table, schema: Schema, known: str = "") -> Written:
    """Writes a whole file at once, unless it is the very same as that which is there (`known`: its sha256)."""
    return publish(path, [_encoded(table, schema)], table.num_rows, known)


def write_columns(path: Path, columns: pa.Table, schema: Schema, known: str = "") -> Written:
    """Writes a file that is there with some columns in the place of its own; the bytes are those that `write` gives.

    Raises Riddle if it is not laid out as we do it, and leaves it as it is.
    """
    kept = tuple(each for each in schema.dictionaries if each.partition(".")[0] in columns.column_names)
    fresh = _encoded(columns, Schema(schema.name, columns.schema, kept))
    return publish(path, spliced(path.read_bytes(), fresh), columns.num_rows, known)


def _encoded(table: pa.Table, schema: Schema) -> bytes:
    sink = pa.BufferOutputStream()
    with _writer(sink, schema) as writer:
        for at in range(0, table.num_rows, GROUP_ROWS):
            # In one piece, as in a file that is written little by little.
            group = table.slice(at, GROUP_ROWS).combine_chunks()
            writer.write_table(group, row_group_size=group.num_rows)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def publish(path: Path, pieces: Sequence[bytes | memoryview], rows: int, known: str) -> Written:
    """Puts the pieces of a file in the place of another one, unless that is the very same."""
    sha256 = hashlib.sha256()
    for piece in pieces:
        sha256.update(piece)
    written = Written(rows, sum(map(len, pieces)), sha256.hexdigest())
    if written.sha256 != known:
        with files.published(path) as file:
            file.writelines(pieces)
    return written


def _writer(sink: Any, schema: Schema, *, pages_by_content: bool = True) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        sink,
        schema.arrow,
        compression="zstd",
        use_dictionary=list(schema.dictionaries) or False,
        use_content_defined_chunking=_CHUNKS if pages_by_content else False,
    )


def read(path: Path, schema: Schema, columns: Collection[str] | None = None) -> pa.Table:
    """Reads a file of ours, or some columns of it in the order in which they stand there.

    Raises OSError or ArrowException for what is none, or has other columns.
    """
    with pq.ParquetFile(path) as file:
        if not file.schema_arrow.equals(schema.arrow):
            raise pa.ArrowInvalid(f"{path.name} has other columns than it should have")
        # Other threads would only wait for this one: months are small, and there is one process for each core.
        return file.read(columns=None if columns is None else list(columns), use_threads=False)


def sha256_of(path: Path) -> str:
    """Hashes a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
