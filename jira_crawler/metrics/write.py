"""Figures become files: Parquet, CSV and JSON for each metric and day; a day that is repeated replaces its own."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files
from jira_crawler.metrics.gold import SCHEMA, Gold
from jira_crawler.store.file_lock import open_lock, try_lock

LOCK: Final = ".lock"


def write(folder: Path, day: date, rows: list[Gold]) -> list[Path]:
    """Writes `<metric>/<day>.parquet`, `.csv` and `.json`, the same bytes for the same figures; gives their paths.

    Raises BadArgument, with one sentence, if that cannot be done.
    """
    written = []
    try:
        with _alone(folder):
            for metric in dict.fromkeys(row.metric for row in rows):
                below = folder / metric
                if below.is_symlink():
                    raise BadArgument(f"{below} is a symbolic link, which nothing is written through.")
                below.mkdir(exist_ok=True)
                for kind, encoded in KINDS.items():
                    path = below / f"{day}.{kind}"
                    with files.published(path) as file:
                        file.write(encoded([row for row in rows if row.metric == metric]))
                    written.append(path)
    except OSError as error:
        raise BadArgument(f"Metrics cannot be written to {folder}: {error.strerror}.") from error
    return written


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Makes a folder, and keeps others from writing to it."""
    if folder.is_symlink():
        raise BadArgument(f"{folder} is a symbolic link, which nothing is written through.")
    folder.mkdir(parents=True, exist_ok=True)
    lock = open_lock(folder / LOCK)
    try:
        if not try_lock(lock):
            raise BadArgument(f"Somebody else is writing metrics to {folder}: wait until that has ended.")
        yield
    finally:
        os.close(lock)


def table(rows: list[Gold]) -> pa.Table:
    """Makes a table of Arrow."""
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row.values(), strict=True)) for row in rows], schema=SCHEMA)


def _parquet(rows: list[Gold]) -> bytes:
    file = io.BytesIO()
    pq.write_table(table(rows), file, compression="zstd")
    return file.getvalue()


def _csv(rows: list[Gold]) -> bytes:
    """What is None is empty; there is no part with an empty name, so that this says the same."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(SCHEMA.names)
    writer.writerows(row.values() for row in rows)
    return file.getvalue().encode()


def _json(rows: list[Gold]) -> bytes:
    told = [dict(zip(SCHEMA.names, row.values(), strict=True)) for row in rows]
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


KINDS: Final[dict[str, Callable[[list[Gold]], bytes]]] = {"parquet": _parquet, "csv": _csv, "json": _json}
