"""What was asked for by itself joins the rows of its issue: links to elsewhere, and what became of files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from jira_crawler.tables import rest
from jira_crawler.tables.facts import Row


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What became of a file; `path` is below the output folder, "" where none is stored."""

    id: str
    state: str
    size: int
    sha256: str
    path: str
    mime: str


def remote_links(links: bytes) -> list[Row]:
    """Gives the rows of links that are kept as a JSON list."""
    return rest.remote_links(msgspec.json.decode(links))


def with_files(rows: list[Row], files: Iterable[StoredFile]) -> list[Row]:
    """Says of each attachment what became of it; what nobody asked for stays as it is."""
    by_id = {file.id: file for file in files}
    return [row | _told(by_id[row["attachment_id"]], row) if row["attachment_id"] in by_id else row for row in rows]


def _told(file: StoredFile, row: Row) -> Row:
    is_stored = file.state == "stored"
    return {
        "state": file.state,
        "size": file.size if is_stored or row.get("size") is None else row["size"],
        "sha256": file.sha256 or None,
        "path": file.path or None,
        "sniffed_mime": file.mime or None,
    }
