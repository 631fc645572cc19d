"""The tables without months: which fields, statuses and projects there are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jira_crawler.store.catalogue import Entry
from jira_crawler.tables import parquet
from jira_crawler.tables import reading as read
from jira_crawler.tables.columns import table_of
from jira_crawler.tables.context import Context, Status
from jira_crawler.tables.facts import Row
from jira_crawler.tables.folder import ALL, NONE
from jira_crawler.tables.manifest import Files
from jira_crawler.tables.month import ENDING
from jira_crawler.tables.parquet import Written
from jira_crawler.tables.schemas import MONTHLY, Schema, schemas


def small_tables(folder: Path, entries: Iterable[Entry], context: Context, months: Files, known: Files) -> Files:
    """Writes the tables without months, and a file without rows for each of the others; gives what they are.

    `months` are the files to count in, `known` what was there before.
    """
    made = schemas(context.columns)
    by_kind: dict[str, list[Row]] = {"field": [], "status": [], "project": []}
    for entry in entries:
        by_kind[entry.kind].append(_ROWS[entry.kind](entry, context))
    rows = {
        "fields": _with_used(by_kind["field"], folder, months),
        "statuses": by_kind["status"],
        "projects": _with_counts(by_kind["project"], folder, months),
    }
    found = {
        table: _one(folder, made[table], ALL, table_of(listed, made[table]), known) for table, listed in rows.items()
    }
    empty = {table: _one(folder, made[table], NONE, made[table].arrow.empty_table(), known) for table in MONTHLY}
    return found | empty


def _one(folder: Path, schema: Schema, name: str, table: pa.Table, known: Files) -> dict[str, Written]:
    path = folder / schema.name / f"{name}{ENDING}"
    before = known.get(schema.name, {}).get(path.name)
    return {path.name: parquet.write(path, table, schema, before.sha256 if before and path.is_file() else "")}


def _field(entry: Entry, _: Context) -> Row:
    custom = entry.id.startswith("customfield_")
    return {
        "site": entry.site,
        "field_id": entry.id,
        "name": entry.name,
        "type": entry.detail or None,
        "custom": custom,
    }


def _status(entry: Entry, context: Context) -> Row:
    site, status = context.of(entry.site), Status(entry.id, entry.name, entry.detail)
    return {
        "site": entry.site,
        "status_id": None if status.is_known_by_name else entry.id,
        "status": entry.name,
        "category": entry.detail or None,
        "is_started": site.is_started(status),
        "is_done": site.is_done(status),
    }


def _project(entry: Entry, _: Context) -> Row:
    about: dict[str, Any] = msgspec.json.decode(entry.detail) if entry.detail else {}
    return {
        "site": entry.site,
        "project": entry.id,
        "project_id": read.text(about.get("id")),
        "name": entry.name or None,
        "type": read.text(about.get("type")),
    }


_ROWS = {"field": _field, "status": _status, "project": _project}


def _with_used(known: list[Row], folder: Path, files: Files) -> list[Row]:
    """Adds the fields that issues have a value of and nobody has named."""
    used: set[tuple[str, str]] = set()
    for part in _columns(folder, files, "custom_fields", ["site", "field_id"]):
        used.update((row["site"], row["field_id"]) for row in _distinct(part))
    rows = {(row["site"], row["field_id"]): row for row in known}
    for site, id_ in used:
        rows.setdefault((site, id_), {"site": site, "field_id": id_, "custom": True})
    return [rows[key] for key in sorted(rows)]


def _with_counts(known: list[Row], folder: Path, files: Files) -> list[Row]:
    """Adds how many issues each project has, and when the first and the last of them were created."""
    rows = {(row["site"], row["project"]): row for row in known}
    counts: dict[tuple[str, str], tuple[int, Any, Any]] = {}
    wanted = [([], "count_all"), ("created", "min"), ("created", "max")]
    for part in _columns(folder, files, "issues", ["site", "project", "created"]):
        for row in part.group_by(["site", "project"]).aggregate(wanted).to_pylist():
            key = row["site"], row["project"]
            many, first, last = counts.get(key, (0, None, None))
            firsts = [each for each in (first, row["created_min"]) if each is not None]
            lasts = [each for each in (last, row["created_max"]) if each is not None]
            counts[key] = many + row["count_all"], min(firsts, default=None), max(lasts, default=None)
    for (site, project), (many, first, last) in counts.items():
        row = rows.setdefault((site, project), {"site": site, "project": project})
        row |= {"issues": many, "first": first, "last": last}
    return [rows[key] for key in sorted(rows) if key in counts]


def _columns(folder: Path, files: Files, table: str, columns: list[str]) -> Iterable[pa.Table]:
    for name in sorted(files.get(table, {})):
        found = pq.read_table(folder / table / name, columns=columns, partitioning=None)
        if "created" in columns:  # as whole numbers: not every year that a tracker names is one of Python's
            at = found.schema.get_field_index("created")
            found = found.set_column(at, "created", pc.cast(found["created"], pa.int64()))
        yield found


def _distinct(table: pa.Table) -> list[Row]:
    listed: list[Row] = table.group_by(table.column_names).aggregate([]).to_pylist()
    return listed
