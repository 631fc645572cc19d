"""Files of one split, as even as rows allow: how many there will be is known before the first is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from jira_crawler.exports.fields import DATE
from jira_crawler.exports.format import Record

# A row group, which writers and readers hold in memory, is at most this long.
GROUP_BYTES: Final = 16 << 20  # of feed
GROUP_ROWS: Final = 10_000


class Writer(Protocol):
    """Writes the records of one file."""

    def write(self, record: Record, size: int) -> None: ...
    def close(self) -> None: ...


class JsonLines:
    """One JSON object a line, compressed if the name says so."""

    def __init__(self, path: Path, _schema: pa.Schema):
        self._raw = path.open("wb")
        packed = path.suffix == ".zst"
        self._file: Any = zstandard.ZstdCompressor(level=6).stream_writer(self._raw) if packed else self._raw

    def write(self, record: Record, size: int) -> None:
        self._file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        self._file.close()
        self._raw.close()


class Parquet:
    """Columns with a schema that is said, in row groups that fit into memory."""

    def __init__(self, path: Path, schema: pa.Schema):
        self._schema = schema
        self._file = pq.ParquetWriter(path, schema, compression="zstd")
        self._rows: list[Record] = []
        self._size = 0

    def write(self, record: Record, size: int) -> None:
        self._rows.append(record)
        self._size += size
        if self._size >= GROUP_BYTES or len(self._rows) >= GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._file.close()

    def _flush(self) -> None:
        columns = [_column([row[field.name] for row in self._rows], field.type) for field in self._schema]
        self._file.write_table(pa.Table.from_arrays(columns, schema=self._schema), row_group_size=len(self._rows))
        self._rows, self._size = [], 0


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
        place = self._written * len(self.paths) // self._total
        if not self._writer or place != (self._written - 1) * len(self.paths) // self._total:
            self._close()
            path = self.paths[place]
            self._writer = Parquet(path, self._schema) if path.suffix == ".parquet" else JsonLines(path, self._schema)
        self._writer.write(record, size)
        self._written += 1

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
