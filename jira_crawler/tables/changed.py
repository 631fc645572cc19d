"""Which issues and which months are others than a folder says."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jira_crawler.items import ordinal
from jira_crawler.store.catalogue import Entry
from jira_crawler.store.months import month_of
from jira_crawler.store.store import Store
from jira_crawler.tables.manifest import Files, Manifest
from jira_crawler.tables.month import ENDING
from jira_crawler.tables.remembered import Remembered

Identity = tuple[str, str]
Catalogue = dict[str, dict[str, dict[str, list[str]]]]
_CHUNK = 10_000


@dataclass(slots=True)
class Changed:
    """The issues that changed, by the months that they are or were in; `nowhere` are those that are forgotten."""

    months: dict[str, set[Identity]] = field(default_factory=dict)
    nowhere: set[Identity] = field(default_factory=set)

    @property
    def issues(self) -> set[Identity]:
        return self.nowhere.union(*self.months.values())


def changed_since(store: Store, after: int, until: int) -> Changed:
    """Finds what changed behind one change and up to another one."""
    found: set[Identity] = set()
    gone: set[Identity] = set()
    while after < until and (changes := [each for each in store.changes(after, _CHUNK) if each.seq <= until]):
        found.update((change.site, change.id) for change in changes)
        gone.update((change.site, change.id) for change in changes if change.kind == "gone")
        after = changes[-1].seq
    # How many went at once says of all of them what became of them.
    found |= store.history.gone_with(gone)
    dated = store.history.created(found)
    changed = Changed(nowhere=found - dated.keys())
    for identity, times in dated.items():
        for created in times:
            changed.months.setdefault(month_of(created), set()).add(identity)
    return changed


def standing(folder: Path, files: Files, changed: Changed, remembered: Remembered) -> dict[str, set[Identity]]:
    """Finds the months in which rows of changed issues stand by now, other than those that the store says.

    The same payload may be read otherwise by a later version of the program, of which no history tells.
    """
    wanted = {(site, number): (site, id_) for site, id_ in changed.issues if (number := ordinal(id_))}
    every = sorted(wanted, key=lambda key: key[1])
    found: dict[str, set[Identity]] = {}
    for name, written in files.get("issues", {}).items() if wanted else ():
        if not written.rows:
            continue
        looked = changed.months.get(name.removesuffix(ENDING), set())
        ends = remembered.said("issues", name, written).ids
        numbers = [key[1] for key in _among(every, ends) if wanted[key] not in looked]
        if not numbers:
            continue
        with pq.ParquetFile(folder / "issues" / name) as file:
            groups = [at for at in range(file.num_row_groups) if _may_hold(file.metadata.row_group(at), numbers)]
            rows = file.read_row_groups(groups, columns=["site", "issue_id"])
        met = rows.filter(pc.is_in(rows["issue_id"], value_set=pa.array(numbers, pa.int64()))).to_pylist()
        if there := {wanted[key] for row in met if (key := (row["site"], row["issue_id"])) in wanted}:
            found[name.removesuffix(ENDING)] = there
    return found


def _may_hold(group: Any, numbers: list[int]) -> bool:
    """Tells by what a group of rows says of itself, which most months are passed over by."""
    told = next((told for at in range(2) if (told := group.column(at)).path_in_schema == "issue_id"), None)
    if told is None or told.statistics is None or not told.statistics.has_min_max:
        return True
    return _may_be_among(numbers, (told.statistics.min, told.statistics.max))


def _among(every: list[tuple[str, int]], ends: tuple[int, int] | None) -> list[tuple[str, int]]:
    """Gives those of a list in order that are not beyond its ends."""
    if ends is None:
        return []
    first = bisect_left(every, ends[0], key=lambda key: key[1])
    return every[first : bisect_right(every, ends[1], key=lambda key: key[1])]


def _may_be_among(numbers: list[int], ends: tuple[int, int] | None) -> bool:
    at = bisect_left(numbers, ends[0]) if ends else 0
    return ends is not None and at < len(numbers) and numbers[at] <= ends[1]


def catalogue_of(entries: Iterable[Entry]) -> Catalogue:
    """Gives what is said of fields and statuses, as a manifest has it; no month says what a project is called."""
    found: Catalogue = {}
    for entry in entries:
        if entry.kind != "project":
            said = [entry.name, entry.detail] if entry.kind == "status" else [entry.name]
            found.setdefault(entry.site, {}).setdefault(entry.kind, {})[entry.id] = said
    return found


def months_that_name(folder: Path, files: Files, before: Catalogue, after: Catalogue) -> set[str]:
    """Finds the months in which something stands that is called otherwise now, or is of another category."""
    fields = _differing(before, after, "field")
    statuses = _differing(before, after, "status")
    found: set[str] = set()
    if fields:
        found |= _months(folder, files, "custom_fields", ("field_id",), fields)
        found |= _months(folder, files, "sla_cycles", ("sla_id",), fields)
    if statuses:
        found |= _months(
            folder, files, "status_intervals", ("status_id", "status"), statuses | _names(before, statuses)
        )
        found |= _months(folder, files, "status_intervals", ("status",), _names(after, statuses))
    return found


def _names(catalogue: Catalogue, statuses: set[Identity]) -> set[Identity]:
    """Gives what some statuses are called, which is all that the history of a page tells."""
    return {
        (site, said[0].casefold())
        for site, kinds in catalogue.items()
        for id_, said in kinds.get("status", {}).items()
        if (site, id_) in statuses
    }


def _differing(before: Catalogue, after: Catalogue, kind: str) -> set[Identity]:
    was = {(site, id_): said for site, kinds in before.items() for id_, said in kinds.get(kind, {}).items()}
    now = {(site, id_): said for site, kinds in after.items() for id_, said in kinds.get(kind, {}).items()}
    return {key for key in {*was, *now} if was.get(key) != now.get(key)}


def _months(folder: Path, files: Files, table: str, columns: tuple[str, ...], named: set[Identity]) -> set[str]:
    found = set()
    for name in files.get(table, {}):
        rows = pq.read_table(folder / table / name, columns=["site", *columns], partitioning=None)
        distinct: list[dict[str, Any]] = rows.group_by(["site", *columns]).aggregate([]).to_pylist()
        if any(_is_named(row, columns, named) for row in distinct):
            found.add(name.removesuffix(ENDING))
    return found


def _is_named(row: dict[str, Any], columns: tuple[str, ...], named: set[Identity]) -> bool:
    said = [row[column] or "" for column in columns]
    return any((row["site"], form) in named for each in said for form in (each, each.casefold()))


def differs(before: Manifest, now: Manifest) -> str:
    """Says why every month has to be written anew; "" if none has to for that."""
    if before.store != now.store:
        return "They were made from another store"
    if before.schema_version != now.schema_version:
        return f"Their schemas are of version {before.schema_version}, and {now.schema_version} is the present one"
    if before.columns != now.columns:
        return "Other custom fields are columns of issues now"
    if before.flow != now.flow:
        return "Other statuses count as started or done now"
    if before.redacted != now.redacted:
        return "They were redacted" if before.redacted else "They were not redacted"
    if before.redaction != now.redaction:
        return "People were numbered by other rules"
    return ""
