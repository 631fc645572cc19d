"""The tables without months: which fields, statuses and projects there are, and who fixed what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

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
from jira_crawler.tables.remembered import Remembered
from jira_crawler.tables.schemas import MONTHLY, Schema, schemas


def small_tables(
    folder: Path,
    entries: Iterable[Entry],
    context: Context,
    months: Files,
    known: Files,
    remembered: Remembered,
    linked: Mapping[str, list[Row]],
) -> Files:
    """Writes the tables without months, and a file without rows for each of the others; gives what they are.

    `months` are the files to count in, `known` what was there before, `remembered` what is known of the files, `linked`
    the rows of who fixed what, and of what repositories define.
    """
    made = schemas(context.columns)
    by_kind: dict[str, list[Row]] = {"field": [], "status": [], "project": []}
    for entry in entries:
        by_kind[entry.kind].append(_ROWS[entry.kind](entry, context))
    rows = {
        "fields": _with_used(by_kind["field"], months, remembered),
        "statuses": by_kind["status"],
        "projects": _with_counts(by_kind["project"], months, remembered),
        **linked,
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


def _with_used(known: list[Row], months: Files, remembered: Remembered) -> list[Row]:
    """Adds the fields that issues have a value of and nobody has named."""
    rows = {(row["site"], row["field_id"]): row for row in known}
    for name, written in sorted(months.get("custom_fields", {}).items()):
        for site, id_ in remembered.said("custom_fields", name, written).fields:
            rows.setdefault((site, id_), {"site": site, "field_id": id_, "custom": True})
    return [rows[key] for key in sorted(rows)]


def _with_counts(known: list[Row], months: Files, remembered: Remembered) -> list[Row]:
    """Adds how many issues each project has, and when the first and the last of them were created."""
    rows = {(row["site"], row["project"]): row for row in known}
    counts: dict[tuple[str | None, str | None], tuple[int, int | None, int | None]] = {}
    for name, written in sorted(months.get("issues", {}).items()):
        for site, project, some, *ends in remembered.said("issues", name, written).counts:
            many, first, last = counts.get((site, project), (0, None, None))
            firsts = [each for each in (first, ends[0]) if each is not None]
            lasts = [each for each in (last, ends[1]) if each is not None]
            counts[site, project] = many + some, min(firsts, default=None), max(lasts, default=None)
    for (site, project), (many, first, last) in counts.items():
        row = rows.setdefault((site, project), {"site": site, "project": project})
        row |= {"issues": many, "first": first, "last": last}
    return [rows[key] for key in sorted(rows) if key in counts]
