"""Files of one split, as even as rows allow: how many there will be is known before the first is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

import msgspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from jira_crawler.exports.fields import DATE
from jira_crawler.exports.format import Record

# A row group, which writers and readers hold in memory, is at most this long.
GROUP_BYTES: Final = 16 << 20  # of feed
GROUP_ROWS: Final = 10_000


class Rows(msgspec.Struct, array_like=True):
    """Records as files hold them, as lines or as columns, each with the bytes of feed that it is said to have."""

    sizes: list[int] = []
    lines: list[bytes] = []
    columns: pa.RecordBatch | None = None

    def part(self, begin: int, end: int) -> Rows:
        """Gives some of them."""
        columns = self.columns.slice(begin, end - begin) if self.columns is not None else None
        return Rows(self.sizes[begin:end], self.lines[begin:end], columns)


class Writer(Protocol):
    """Writes the records of one file."""

    def write(self, record: Record, size: int) -> None: ...
    def take(self, rows: Rows) -> None: ...
    def close(self) -> None: ...


class JsonLines:
    """One JSON object a line, compressed if the name says so."""

    def __init__(self, path: Path, _schema: pa.Schema):
        self._raw = path.open("wb")
        packed = path.suffix == ".zst"
        self._file: Any = zstandard.ZstdCompressor(level=6).stream_writer(self._raw) if packed else self._raw

    def write(self, record: Record, size: int) -> None:
        self._file.write(line(record))

    def take(self, rows: Rows) -> None:
        for each in rows.lines:
            self._file.write(each)

    def close(self) -> None:
        self._file.close()
        self._raw.close()


class Parquet:
    """Columns with a schema that is said, in row groups that fit into memory."""

    def __init__(self, path: Path, schema: pa.Schema):
        self._schema = schema
        self._file = pq.ParquetWriter(path, schema, compression="zstd")
        self._records: list[Record] = []
        self._taken: list[pa.RecordBatch] = []
        self._rows = self._size = 0

    def write(self, record: Record, size: int) -> None:
        self._records.append(record)
        if self._fills(size):
            self._flush()

    def take(self, rows: Rows) -> None:
        assert rows.columns is not None  # noqa: S101 - whoever made them was told what kind of file it is
        begin = 0
        for end, size in enumerate(rows.sizes, 1):
            if self._fills(size):
                self._taken.append(rows.columns.slice(begin, end - begin))
                self._flush()
                begin = end
        if begin < len(rows.sizes):
            self._taken.append(rows.columns.slice(begin))

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._file.close()

    def _fills(self, size: int) -> bool:
        self._rows += 1
        self._size += size
        return self._size >= GROUP_BYTES or self._rows >= GROUP_ROWS

    def _flush(self) -> None:
        batches = [columns(self._records, self._schema)] if self._records else self._taken
        # In one piece, for where a column is parted shows in the file.
        table = pa.Table.from_batches(batches, self._schema).combine_chunks()
        self._file.write_table(table, row_group_size=self._rows)
        self._records, self._taken, self._rows, self._size = [], [], 0, 0


def line(record: Record) -> bytes:
    """Gives a record as a line of JSON."""
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def columns(records: Sequence[Record], schema: pa.Schema) -> pa.RecordBatch:
    """Gives records as columns."""
    return pa.RecordBatch.from_arrays(
        [_column([record[field.name] for record in records], field.type) for field in schema], schema=schema
    )


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(values).cast(kind) if kind == DATE else pa.array(values, kind)


@dataclass(frozen=True, slots=True)
class Layout:
    """How files are named and when one is full; bytes are those of the feeds' lines."""

    files: str = "parquet"
    most_rows: int = 1_000_000
    most_bytes: int = 500_000_000

    def count(self, rows: int, size: int) -> int:
        """How many files a split gets; none stays empty."""
        return min(rows, max(-(-rows // self.most_rows), -(-size // self.most_bytes)))

    def pattern(self, split: str) -> str:
        return f"data/{split}-*.{self.files}"

    def name(self, split: str, at: int, count: int) -> str:
        return f"data/{split}-{at:05}-of-{count:05}.{self.files}"


class HasSchema(Protocol):
    """Whatever says which columns records have."""

    @property
    def schema(self) -> pa.Schema: ...


class Split:
    """Takes the records of one split in their order, and deals them out to its files."""

    def __init__(self, folder: Path, name: str, rows: int, size: int, format_: HasSchema, layout: Layout):
        self._schema = format_.schema
        self._total = rows
        self._written = 0
        count = layout.count(rows, size)
        self.paths = [folder / layout.name(name, at, count) for at in range(count)]
        self._writer: Writer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def write(self, record: Record, size: int) -> None:
        """Writes one record, into the next file where the rows before it fill their share."""
        self._next().write(record, size)
        self._written += 1

    def take(self, rows: Rows) -> None:
        """Writes some records, as `write` does one."""
        done = 0
        while done < len(rows.sizes):
            writer, count = self._next(), len(self.paths)
            full = -(-(self._written * count // self._total + 1) * self._total // count)  # rows before the next file
            end = min(len(rows.sizes), done + full - self._written)
            writer.take(rows.part(done, end))
            self._written += end - done
            done = end

    def _next(self) -> Writer:
        """Gives the file that the next record goes into."""
        place = self._written * len(self.paths) // self._total
        if not self._writer or place != (self._written - 1) * len(self.paths) // self._total:
            self._close()
            path = self.paths[place]
            self._writer = Parquet(path, self._schema) if path.suffix == ".parquet" else JsonLines(path, self._schema)
        return self._writer

    def _close(self) -> None:
        if self._writer:
            self._writer.close()
            self._writer = None


def read(path: Path, columns: tuple[str, ...]) -> Iterator[Record]:
    """Reads some columns of a written file again."""
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=500, columns=list(columns)):
                yield from batch.to_pylist()
        return
    with path.open("rb") as raw:
        packed = path.suffix == ".zst"
        yield from map(orjson.loads, BufferedReader(zstandard.ZstdDecompressor().stream_reader(raw)) if packed else raw)
