"""What a worker does with a month: it reads the store, makes the files, and leaves them as a shard."""

from __future__ import annotations

import hashlib
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa
import zstandard

from jira_crawler.engines.code import month_code
from jira_crawler.engines.month_job import MonthFiles, MonthJob, MonthShards, MonthSidecar
from jira_crawler.engines.month_source import Reading, Told
from jira_crawler.engines.sources import store_at
from jira_crawler.exceptions import Refused
from jira_crawler.tables.context import Context
from jira_crawler.tables.month import Month
from jira_crawler.tables.schemas import MONTHLY

# Made while this is loaded: two threads that make one for a dataclass at once, as workers of Sail are, end the process.
_CONTEXT: Final = msgspec.msgpack.Decoder(Context)


def is_fit(job: MonthJob) -> bool:
    """Tells whether the same rows would be made here."""
    return job.code == month_code()


def make(job: MonthJob) -> None:
    """Leaves the shard of a month, unless it is there; raises Refused where Arrow cannot hold what an issue says."""
    shards = _shards(job.shards)
    if shards.done(job.name):
        return
    reading, store = Reading(), store_at(job.source)
    try:
        files = _files(job, Told(store, zstandard.decompress(job.said)), reading)
    except pa.ArrowException as error:
        raise Refused((str(error).splitlines() or [type(error).__name__])[0].rstrip(".")) from error
    finally:
        store.close()
    shard = msgspec.msgpack.encode(MonthFiles(reading.fingerprint, files))
    sidecar = MonthSidecar(
        rows=sum(rows for rows, _ in files.values()),
        bytes=len(shard),
        sha256=hashlib.sha256(shard).hexdigest(),
        code=job.code,
        month=job.month,
        fingerprint=reading.fingerprint,
        numbers=reading.numbers,
    )
    shards.leave(job.name, sidecar, shard)


def _files(job: MonthJob, source: Told, reading: Reading) -> dict[str, tuple[int, bytes]]:
    with tempfile.TemporaryDirectory(prefix="month-") as place:
        month = Month(Path(place), job.month, _CONTEXT.decode(zstandard.decompress(job.context)))
        for table in MONTHLY:
            (month.folder / table).mkdir()
        written = month.rebuild(reading.passing(source.month(job.month)), {})
        return {table: (each.rows, month.path(table).read_bytes()) for table, each in sorted(written.items())}


@lru_cache(maxsize=2)
def _shards(address: str) -> MonthShards:
    return MonthShards(address)
