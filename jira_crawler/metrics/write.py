"""Figures become files: Parquet, CSV and JSON for each metric and day; a day that is repeated replaces its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files
from jira_crawler.metrics.gold import SCHEMA, Gold


def write(folder: Path, day: date, rows: list[Gold]) -> list[Path]:
    """Writes `<metric>/<day>.parquet`, `.csv` and `.json`, the same bytes for the same figures; gives their paths.

    Raises BadArgument, with one sentence, if that cannot be done.
    """
    written = []
    try:
        for metric in dict.fromkeys(row.metric for row in rows):
            below = folder / metric
            if folder.is_symlink() or below.is_symlink():
                raise BadArgument(f"{below} is or is behind a symbolic link, which nothing is written through.")
            below.mkdir(parents=True, exist_ok=True)
            for kind, encoded in KINDS.items():
                path = below / f"{day}.{kind}"
                with files.published(path) as file:
                    file.write(encoded([row for row in rows if row.metric == metric]))
                written.append(path)
    except OSError as error:
        raise BadArgument(f"Metrics cannot be written to {folder}: {error.strerror}.") from error
    return written


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
