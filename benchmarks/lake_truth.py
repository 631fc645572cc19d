"""What a sandbox has, as the rows that its tables should hold, and the rows that a folder of tables holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from fake_jira.data.catalogue import DEVELOPMENT
from fake_jira.server.serving import Sandbox

Json = dict[str, Any]
Rows = dict[str, Counter[tuple[Any, ...]]]  # by table; a row counts as often as it is there

# What of a row is held against the truth: what tells it from all others, and what only that row says.
COLUMNS = {
    "issues": "issue_key project summary type status priority resolution reporter assignee labels components created "
    "updated resolved n_comments n_attachments n_links n_worklogs n_changes availability",
    "comments": "comment_id position author created",
    "changelog": "history_id item field from_value to_value changed_at",
    "attachments": "attachment_id filename size created",
    "issuelinks": "link_id direction other_id other_key",
    "remote_links": "link_id url title",
    "worklogs": "worklog_id seconds started author",
    "custom_fields": "field_id",
    "sla_cycles": "sla_id cycle state breached goal_ms",
    "status_intervals": "seq status is_current",
    "issue_flow": "",
    "issue_versions": "version summary",
    "availability_events": "kind",
}
SMALL = {"projects": "project issues", "statuses": "status"}


def held(folder: Path) -> Rows:
    """Reads a folder of tables."""
    told = {table: f"issue_id {columns}".split() for table, columns in COLUMNS.items()}
    told |= {table: columns.split() for table, columns in SMALL.items()}
    found = {}
    for table, columns in told.items():
        dataset = ds.dataset(sorted(map(str, (folder / table).glob("*.parquet"))))
        columns_ = dataset.to_table(columns=columns).to_pydict()
        found[table] = Counter(
            tuple(map(_plain, row)) for row in zip(*(columns_[name] for name in columns), strict=True)
        )
    return found


def true(sandbox: Sandbox) -> Rows:
    """Makes the rows of what a sandbox has whose issues stood still and were crawled for the first time."""
    rows: Rows = {table: Counter() for table in (*COLUMNS, *SMALL)}
    truth = sandbox.truth()
    for issue in truth.values():
        for table, row in _rows(issue):
            rows[table][(int(issue["id"]), *map(_plain, row))] += 1
    projects = Counter(issue["key"].rpartition("-")[0] for issue in truth.values())
    rows["projects"] = Counter(list(projects.items()))
    # A status is known by its name where an issue is in it or went from it or to it.
    rows["statuses"] = Counter(dict.fromkeys(((row[2],) for row in rows["status_intervals"]), 1))
    return rows


def _rows(issue: Json) -> Iterator[tuple[str, tuple[Any, ...]]]:
    fields, histories = issue["fields"], issue["changelog"]["histories"]
    comments, worklogs = fields["comment"]["comments"], fields["worklog"]["worklogs"]
    files, links = fields["attachment"], fields["issuelinks"]
    yield (
        "issues",
        (
            issue["key"],
            issue["key"].rpartition("-")[0],
            fields["summary"],
            *(_name(fields[name]) for name in ("issuetype", "status", "priority", "resolution")),
            *(_person(fields[name]) for name in ("reporter", "assignee")),
            fields["labels"],
            [each["name"] for each in fields["components"]],
            *(_time(fields[name]) for name in ("created", "updated", "resolutiondate")),
            *map(len, (comments, files, links, worklogs, histories)),
            "archived" if fields.get("archiveddate") else "present",
        ),
    )
    yield "issue_flow", ()
    yield "issue_versions", (1, fields["summary"])
    for place, each in enumerate(comments, 1):
        yield "comments", (each["id"], place, _person(each.get("author")), _time(each["created"]))
    for each in worklogs:
        told = each["id"], each["timeSpentSeconds"], _time(each["started"]), _person(each.get("author"))
        yield "worklogs", told
    for each in files:
        yield "attachments", (str(each["id"]), each["filename"], each["size"], _time(each["created"]))
    for each in links:
        side = "inward" if "inwardIssue" in each else "outward"
        yield "issuelinks", (each["id"], side, int(each[f"{side}Issue"]["id"]), each[f"{side}Issue"]["key"])
    for each in issue["remotelinks"]:
        yield "remote_links", (str(each["id"]), each["object"]["url"], each["object"]["title"])
    for name, value in fields.items():
        if name.startswith("customfield_") and value not in (None, "", [], {}):
            if isinstance(value, dict) and "completedCycles" in value:
                yield from _cycles(name, value)
            elif name != DEVELOPMENT:  # a Java object, another one at each look
                yield "custom_fields", (name,)
    yield from _history(histories, _name(fields["status"]))


def _cycles(name: str, level: Json) -> Iterator[tuple[str, tuple[Any, ...]]]:
    cycles = [("completed", each) for each in level["completedCycles"]]
    cycles += [("ongoing", level["ongoingCycle"])] if level.get("ongoingCycle") else []
    for place, (state, cycle) in enumerate(cycles, 1):
        # Whether a clock that runs is over its goal changes without a change, so it is no fact of the issue.
        runs = state == "ongoing" and not cycle.get("paused")
        breached = None if runs else cycle.get("breached")
        yield "sla_cycles", (name, place, state, breached, cycle["goalDuration"]["millis"])


def _history(histories: list[Json], now: str | None) -> Iterator[tuple[str, tuple[Any, ...]]]:
    ordered = sorted(histories, key=lambda each: (_time(each["created"]), int(each["id"])))
    steps = []
    for history in ordered:
        for place, item in enumerate(history["items"]):
            said = item["field"], item.get("fromString") or None, item.get("toString") or None
            yield "changelog", (history["id"], place, *said, _time(history["created"]))
            steps += [said[1:]] if item["field"] == "status" else []
    stays = [steps[0][0] if steps else now, *(after for _, after in steps)]
    stays += [now] if stays[-1] != now else []
    for place, status in enumerate(stays, 1):
        yield "status_intervals", (place, status, place == len(stays))


def _name(thing: Json | None) -> str | None:
    return thing["name"] if thing else None


def _person(user: Json | None) -> str | None:
    return user["displayName"] if user else None


def _time(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _plain(value: Any) -> Any:
    return tuple(sorted(value)) if isinstance(value, list) else value  # components come in any order
