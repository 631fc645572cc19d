"""Tables of a GitHub that never was: made-up rows become Parquet and a manifest, as a crawl leaves them."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jira_crawler.tables.manifest import Manifest
from jira_crawler.tables.parquet import Written, sha256_of

TIME = pa.timestamp("us", tz="UTC")
_HEAD = {"site": "text", "issue_id": "id", "issue_key": "text", "project": "text"}
_COLUMNS = {
    "issues": "kind:text milestone:text created:time resolved:time labels:list availability:text fetched_at:time",
    "pull_requests": (
        "number:id draft:flag merged_at:time closed_at:time base_ref:text merge_commit:text additions:id deletions:id "
        "changed_files:id landed_how:text landed_commit:text landed_at:time"
    ),
    "closings": "kind:text other_key:text other_id:id commit:text actor:text at:time",
    "status_intervals": "seq:id status:text valid_from:time valid_until:time is_current:flag",
    "pairs": "other_site:text other_id:id commit:text grade:text landed_how:text landed_at:time reverted_by:text",
}
_TYPES = {
    "text": pa.string(),
    "id": pa.int64(),
    "flag": pa.bool_(),
    "time": TIME,
    "list": pa.list_(pa.string()),
}
SMALL = ("pairs",)  # without months
SCHEMAS = {
    table: pa.schema(
        [(name, _TYPES[kind]) for name, kind in (_HEAD | dict(each.split(":") for each in said.split())).items()]
    )
    for table, said in _COLUMNS.items()
}
Row = dict[str, Any]


def day(text: str, seconds: float = 0) -> datetime:
    """A moment of a day in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(seconds=seconds)


@dataclass
class Made:
    """Rows by table, and short ways to add what belongs together."""

    fetched: datetime = field(default_factory=lambda: day("2026-03-31", 43_200))
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in SCHEMAS})

    def issue(self, number: int, created: datetime | None, *, project: str = "acme/tools", **more: Any) -> Row:
        """Adds an issue and gives its row."""
        row = self._head(number, project, more.pop("site", "github")) | {"kind": "issue", "labels": []}
        row |= {"created": created, "availability": "present", "fetched_at": self.fetched} | more
        self.rows["issues"].append(row)
        return row

    def pull(self, number: int, created: datetime | None, *, project: str = "acme/tools", **more: Any) -> Row:
        """Adds a pull request: what `issues` has of it goes there, the rest to `pull_requests`; gives the latter."""
        of_issue = {name: more.pop(name) for name in ("labels", "milestone", "availability", "site") if name in more}
        head = self.issue(number, created, project=project, **of_issue)
        head["kind"] = "pull_request"
        row = {name: head[name] for name in _HEAD} | {"number": number} | more
        self.rows["pull_requests"].append(row)
        return row

    def closing(self, shown: Row, kind: str, **more: Any) -> None:
        """Adds a sign of closing, shown at an issue or a pull request."""
        self.rows["closings"].append({name: shown[name] for name in _HEAD} | {"kind": kind} | more)

    def stays(self, at: Row, *changes: tuple[str, datetime]) -> None:
        """Adds the history of a status: from when on it was what."""
        ends = [moment for _, moment in changes[1:]] + [None]
        for place, ((status, begin), end) in enumerate(zip(changes, ends, strict=True)):
            row = {
                "seq": place + 1,
                "status": status,
                "valid_from": begin,
                "valid_until": end,
                "is_current": end is None,
            }
            self.rows["status_intervals"].append({name: at[name] for name in _HEAD} | row)

    def pair(self, issue: Row, grade: str, **more: Any) -> None:
        """Adds what a linking found for an issue."""
        self.rows["pairs"].append({name: issue[name] for name in _HEAD} | {"grade": grade} | more)

    def arrow(self, table: str) -> pa.Table:
        """Gives a table whole."""
        return pa.Table.from_pylist(self.rows[table], schema=SCHEMAS[table])

    def write(self, folder: Path, store: str = "made-up") -> Path:
        """Writes every table by month of creation, and the manifest last; gives the folder."""
        months = {
            (row["site"], row["issue_id"]): f"{row['created']:%Y-%m}" if row["created"] else "undated"
            for row in self.rows["issues"]
        }
        written: dict[str, dict[str, Written]] = {}
        for table, schema in SCHEMAS.items():
            parts: dict[str, list[Row]] = defaultdict(list)
            for row in self.rows[table]:
                parts["all" if table in SMALL else months[row["site"], row["issue_id"]]].append(row)
            (folder / table).mkdir(parents=True, exist_ok=True)
            for old in (folder / table).glob("*.parquet"):
                old.unlink()
            for name, rows in (parts or {"none": []}).items():
                path = folder / table / f"{name}.parquet"
                pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
                written.setdefault(table, {})[path.name] = Written(len(rows), path.stat().st_size, sha256_of(path))
        Manifest(store=store, through=1, schema_version=1, tables=written).write(folder)
        return folder

    def _head(self, number: int, project: str, site: str) -> Row:
        place = sum(map(ord, project)) * 1_000_000
        return {"site": site, "issue_id": place + number, "issue_key": f"{project}#{number}", "project": project}


def made_up(number: int, seed: int = 1, repositories: int = 3, days: int = 810) -> Made:
    """Makes so many issues and pull requests of several repositories, to which all happens that may.

    They are created within so many days, the last of which is ten days before they are fetched.
    """
    made, chance = Made(), random.Random(seed)
    labels = [f"label {at}" for at in range(12)]
    begin = made.fetched - timedelta(days=days + 10)
    for at in range(number):
        project = f"acme/{'abcdefghij'[at % repositories]}"
        created = begin + timedelta(seconds=chance.randrange(days * 86_400))
        if chance.random() < 0.4:
            jira = chance.random() < 0.2
            issue = made.issue(
                at,
                created + timedelta(milliseconds=chance.randrange(1000) if jira else 0),
                project="ACME" if jira else project,
                site="jira" if jira else "github",
            )
            _link(made, issue, chance)
        else:
            _pull(made, at, created, project, chance, labels)
    return made


def _pull(made: Made, number: int, created: datetime, project: str, chance: random.Random, labels: list[str]) -> None:
    until = made.fetched
    closed = created + timedelta(seconds=int(chance.expovariate(1 / 800_000)))
    fate = chance.choices(("open", "closed", "merged", "landed"), (2, 2, 5, 1))[0] if closed < until else "open"
    known = chance.random() < 0.9
    row = made.pull(
        number,
        created,
        project=project,
        labels=chance.sample(labels, chance.choice((0, 0, 1, 2, 3))) if chance.random() < 0.97 else None,
        milestone=chance.choice((None, None, "", "1.0", "1.1", "2.0")),
        availability=chance.choices(("present", "deleted", "unobserved", None), (95, 1, 3, 1))[0],
        closed_at=None if fate == "open" else closed,
        merged_at=closed if fate == "merged" else None,
        merge_commit=f"{number:040x}" if fate == "merged" else None,
        landed_how={"merged": "merge", "landed": "script"}.get(fate),
        landed_at=closed if fate in ("merged", "landed") and chance.random() < 0.95 else None,
        additions=chance.randrange(2_000) if known else None,
        deletions=chance.randrange(500) if known or chance.random() < 0.3 else None,
    )
    if chance.random() < 0.9:
        half = created + (closed - created) / 3
        steps = [("open", created)]
        if chance.random() < 0.2 and fate != "open":
            steps += [
                ("closed", half.replace(microsecond=0)),
                ("open", (half + (closed - half) / 2).replace(microsecond=0)),
            ]
        made.stays(row, *steps, *([("closed", closed)] if fate != "open" else []))
    elif fate != "open":
        made.stays(row, ("closed", created))
    if chance.random() < 0.3:
        earlier = [each for each in made.rows["issues"][-60:] if each["kind"] == "issue" and each["site"] == "github"]
        if chance.random() < 0.9:  # few are filed after their change
            earlier = [each for each in earlier if each["created"] < created]
        for issue in chance.sample(earlier, min(len(earlier), chance.choice((1, 1, 2)))):
            kind = chance.choice(("reference", "reference", "connected"))
            made.closing(row, kind, other_key=issue["issue_key"], other_id=issue["issue_id"])
            if chance.random() < 0.5:
                made.closing(issue, kind, other_key=row["issue_key"], other_id=None)
            if chance.random() < 0.5 and fate == "merged":
                by = {"commit": row["merge_commit"]} if chance.random() < 0.3 else {"other_key": row["issue_key"]}
                made.closing(issue, "closer", at=closed, **by)


def _link(made: Made, issue: Row, chance: random.Random) -> None:
    if chance.random() < 0.1 and issue["site"] == "github":
        made.closing(issue, chance.choice(("closer", "reference")), other_key=f"else/where#{issue['issue_id'] % 7}")
    if chance.random() < 0.5:
        for _ in range(chance.choice((1, 1, 2))):
            at = issue["created"].replace(microsecond=0) + timedelta(seconds=chance.randrange(-90_000, 9_000_000))
            made.pair(
                issue,
                chance.choice("AB"),
                landed_how=chance.choice(("merge", "script", "squash")),
                landed_at=at if chance.random() < 0.9 else None,
                reverted_by="f" * 40 if chance.random() < 0.05 else None,
            )
