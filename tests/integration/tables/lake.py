"""A small store of made-up issues, and the tables that are made of it."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jira_crawler.items import ordinal
from jira_crawler.store.database import connect
from jira_crawler.store.rows import Row
from jira_crawler.store.store import Store
from jira_crawler.tables.context import Flow, OwnColumn
from jira_crawler.tables.update import Options, Updated, update
from jira_crawler.text.fingerprint import version_hash
from tests.unit.tables.made import PAYLOAD, STATUSES

FETCHED = 1_800_000_000_000


def when(month: str, minute: int = 0) -> int:
    """A time (ms) in a month, `2024-03`."""
    return int(datetime.fromisoformat(f"{month}-02T10:00:00+00:00").timestamp() * 1000) + minute * 60_000


def stamp(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%dT%H:%M:%S.000+0000}"


@dataclass
class Lake:
    """The output folder of a crawl that never was."""

    output: Path
    payloads: dict[int, dict[str, Any]] = field(default_factory=dict)
    clock: int = FETCHED

    def __post_init__(self) -> None:
        self.output.mkdir(parents=True, exist_ok=True)
        self.store = Store(connect(self.url))

    @property
    def url(self) -> str:
        return f"sqlite:///{self.output / 'store.sqlite'}"

    @property
    def folder(self) -> Path:
        return self.output / "tables"

    def put(
        self, number: int, month: str = "2024-03", project: str = "ACME", *, created: int | None = None, **fields: Any
    ) -> None:
        """Stores an issue, or another version of one, as it was fetched a second after the last."""
        ms = when(month, number) if created is None else created
        made = deepcopy(self.payloads.get(number, PAYLOAD))
        made |= {"id": str(number), "key": f"{project}-{number}"}
        made["fields"] |= {
            "created": stamp(ms) if ms else None,
            "project": {"id": "1", "key": project, "name": project},
        }
        made["fields"] |= fields
        self.payloads[number] = made
        self.clock += 1000
        row = Row(
            site="acme",
            id=str(number),
            number=ordinal(str(number)),
            crawled_project=project,
            project=project,
            key=f"{project}-{number}",
            base_url="https://acme.example",
            dialect="cloud",
            created=ms,
            updated=ms,
            fetched_at=self.clock,
            run=1,
            version=version_hash(made),
            content=f"c{number}",
            payload=json.dumps(made).encode(),
            stage="Score",
            reason="low",
        )
        self.store.save([row], {})

    def status(self, id_: str, category: str = "", name: str = "") -> dict[str, Any]:
        known = STATUSES.get(id_, ("", ""))
        return {"id": id_, "name": name or known[0], "statusCategory": {"key": category or known[1]}}

    def remove(self, number: int, reason: str = "deleted (status 410)") -> None:
        self.clock += 1000
        self.store.progress.remove("acme", str(number), reason, at=self.clock)

    def placed(self, number: int, feed: str, offset: int, length: int) -> None:
        """Says where the lines of an issue are."""
        (row,) = self.store.months.of([("acme", str(number))])
        self.clock += 1000
        place = {"feed": feed, "offset": offset, "length": length, "lines": "", "stage": "", "reason": ""}
        self.store.save([replace(row, fetched_at=self.clock, **place)], {})

    def up(self, **options: Any) -> Updated:
        return update(self.store, self.url, self.folder, self.output, Options(**options))

    def bytes(self) -> dict[str, str]:
        """The hash of every file that a reader may meet."""
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name not in (".lock", ".remembered.json")
        }

    def places(self) -> dict[str, tuple[int, int]]:
        """What tells whether a file was replaced, though by the same."""
        return {
            str(path.relative_to(self.folder)): (path.stat().st_ino, path.stat().st_mtime_ns)
            for path in sorted(self.folder.rglob("*.parquet"))
        }

    def read(self, table: str) -> list[dict[str, Any]]:
        found = [pq.read_table(path, partitioning=None) for path in sorted((self.folder / table).glob("*.parquet"))]
        return [row for each in found for row in each.to_pylist()]

    def months(self, table: str = "issues") -> list[str]:
        return sorted(path.stem for path in (self.folder / table).glob("*.parquet") if path.stem not in ("none", "all"))

    def column(self, name: str, table: str = "issues") -> dict[int, Any]:
        return {row["issue_id"]: row[name] for row in self.read(table)}


__all__ = ["Flow", "Lake", "OwnColumn", "stamp", "when"]
