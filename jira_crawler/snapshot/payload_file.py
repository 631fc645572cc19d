"""Issues become a Parquet file in row groups of bounded size, and come out of it as they were sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from jira_crawler.items import RawIssue
from jira_crawler.refine.source import Fingerprint, StoredIssue
from jira_crawler.store.rows import Row
from jira_crawler.tables.parquet import TableFile, Written
from jira_crawler.tables.schemas import Schema

GROUP_ROWS: Final = 256  # of a row group, which writer and reader hold in memory …
GROUP_BYTES: Final = 8 << 20  # … or fewer, where their payloads come to so much
_TIME: Final = pa.timestamp("ms", tz="UTC")
_FEW: Final = ("site", "project", "crawled_project", "base_url", "dialect", "cut")
ARROW: Final = pa.schema(
    [
        pa.field("site", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("project", pa.string(), nullable=False),
        pa.field("crawled_project", pa.string(), nullable=False),
        pa.field("base_url", pa.string(), nullable=False),
        pa.field("dialect", pa.string(), nullable=False),
        pa.field("created", _TIME, nullable=False),
        pa.field("updated", _TIME, nullable=False),
        pa.field("fetched_at", _TIME, nullable=False),
        pa.field("version", pa.string(), nullable=False),
        pa.field("cut", pa.string(), nullable=False),
        pa.field("payload", pa.binary(), nullable=False),
    ]
)
_SCHEMA: Final = Schema("payloads", ARROW, _FEW)


# What a RawIssue is made of, besides `fetched_at`.
_READ: Final = ("site", "id", "key", "project", "crawled_project", "base_url", "dialect", "cut", "payload")


def write(path: Path, rows: Iterable[Row]) -> tuple[Written, str]:
    """Writes rows, payloads compressed, to a file that only its owner reads; gives its fingerprint, too."""
    file, fingerprint = TableFile(path, _SCHEMA, mode=0o600, pages_by_content=False), Fingerprint()
    try:
        for group in _groups(rows):
            for row in group:
                fingerprint.add(StoredIssue(row.id, row.raw_issue()))
            columns = {name: [getattr(row, name) for row in group] for name in ARROW.names}
            file.add(pa.table({name: pa.array(columns[name], ARROW.field(name).type) for name in ARROW.names}, ARROW))
            file.end_group()
        return file.publish(), str(fingerprint)
    except BaseException:
        file.discard()
        raise


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Gives rows, their payloads as they came, in groups of bounded size."""
    group: list[Row] = []
    size = 0
    for row in rows:
        whole = replace(row, payload=zstandard.decompress(row.payload))
        if group and (len(group) >= GROUP_ROWS or size + len(whole.payload) > GROUP_BYTES):
            yield group
            group, size = [], 0
        group.append(whole)
        size += len(whole.payload)
    if group:
        yield group


def read(file: IO[bytes]) -> Iterator[tuple[str, StoredIssue]]:
    """Gives the issues of a file with their projects, row group after row group.

    Raises OSError or ArrowException for what is no file of ours, or has other columns.
    """
    with pq.ParquetFile(file) as parquet:
        if not parquet.schema_arrow.equals(ARROW):
            raise pa.ArrowInvalid("it has other columns than a snapshot's")
        for at in range(parquet.num_row_groups):
            group = parquet.read_row_group(at, columns=[*_READ, "fetched_at"])
            times = group["fetched_at"].cast(pa.int64()).to_pylist()
            for fetched, *told in zip(times, *(group[name].to_pylist() for name in _READ), strict=True):
                yield _issue(fetched, *told)


def _issue(
    fetched: int,
    site: str,
    id_: str,
    key: str,
    project: str,
    crawled_project: str,
    base_url: str,
    dialect: str,
    cut: str,
    payload: bytes,
) -> tuple[str, StoredIssue]:
    raw = RawIssue.stored(
        site=site,
        identity=id_,
        key=key,
        project=crawled_project,
        base_url=base_url,
        dialect=dialect,
        fetched=fetched,
        cut=cut,
        payload=payload,
    )
    return project, StoredIssue(id_, raw)
