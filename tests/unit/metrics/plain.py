"""The same figures by loops over rows, which share no line with what they are held against."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from math import floor
from typing import Any

Row = dict[str, Any]
Key = tuple[str, str, str | None, str | None, str | None]  # reading, by, site, project, part
Figures = tuple[int, int, float | None, float | None, int]  # n, sum, mean, median, unknown
Values = dict[Key, list[int | None]]


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else floor(moment.timestamp())


def _less(end: int | None, begin: int | None) -> int | None:
    return None if end is None or begin is None else end - begin


class Plain:
    """Rows by table, seen at a moment (seconds): what is later than it has not happened."""

    def __init__(self, rows: dict[str, list[Row]], until: int):
        self.until = until
        self.values: Values = defaultdict(list)
        self.tables = rows
        self.issues = {
            (row["site"], row["issue_id"]): row
            for row in rows["issues"]
            if row.get("availability") not in ("deleted", "moved", "access_lost")
        }
        self.pulls: dict[tuple[str, int], Row] = {}
        for row in rows["pull_requests"]:
            issue = self.issues.get((row["site"], row["issue_id"]))
            if issue is None or issue["kind"] != "pull_request" or (_seconds(issue["created"]) or 0) >= until:
                continue
            merged, closed, landed = (_seconds(row.get(name)) for name in ("merged_at", "closed_at", "landed_at"))
            how = row.get("landed_how") if landed is None or landed < until else None
            how = None if how == "bulk_close" else how
            closed = merged if closed is None else closed
            merged, closed, landed = (None if at is None or at >= until else at for at in (merged, closed, landed))
            self.pulls[row["site"], row["issue_id"]] = (
                issue
                | row
                | {
                    "merged": merged,
                    "closed": closed,
                    "landed": landed,
                    "how": how,
                    "begun": _seconds(issue["created"]),
                }
            )

    def add(self, reading: str, row: Row, value: int | None, *parts: tuple[str, str | None]) -> None:
        self.values[reading, "all", None, None, None].append(value)
        self.values[reading, "project", row["site"], row["project"], None].append(value)
        for by, part in parts:
            self.values[reading, by, row["site"], row["project"], part].append(value)

    def figures(self) -> dict[Key, Figures]:
        return {key: of(values) for key, values in self.values.items()}

    def open_time(self) -> dict[Key, Figures]:
        for place, pull in self.pulls.items():
            took = _less(pull["closed"], pull["begun"])
            if pull["closed"] is not None:
                self.add("closed", pull, took)
                stays = [row for row in self.tables["status_intervals"] if (row["site"], row["issue_id"]) == place]
                stays.sort(key=lambda row: row["valid_from"])
                known = took is not None and stays and stays[0]["status"] != "closed"
                gaps = [row for row in stays if row["status"] == "closed" and row["valid_until"] is not None]
                gap = sum(_seconds(row["valid_until"]) - _seconds(row["valid_from"]) for row in gaps)  # type: ignore[operator,misc]
                self.add("without_reopened_gaps", pull, took - gap if known and took is not None else None)
            else:
                self.add("still_open", pull, _less(self.until, pull["begun"]))
            if pull["merged"] is not None:
                self.add("merged", pull, _less(pull["merged"], pull["begun"]))
            if pull["landed"] is not None or pull["how"]:
                self.add("landed", pull, _less(pull["landed"], pull["begun"]))
            end = self.until if pull["closed"] is None else pull["closed"]
            self.add("with_still_open", pull, _less(end, pull["begun"]))
        return self.figures()

    def lines(self) -> dict[Key, Figures]:
        for pull in self.pulls.values():
            more, less = pull.get("additions"), pull.get("deletions")
            size = None if more is None or less is None else more + less
            for reading in ("all", "merged") if pull["merged"] is not None else ("all",):
                self.add(reading, pull, size, ("milestone", pull.get("milestone") or None))
        return self.figures()

    def labels(self) -> dict[Key, Figures]:
        having: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        known: Counter[tuple[str, str]] = Counter()
        for pull in self.pulls.values():
            whose = (pull["site"], pull["project"])
            told = None if pull["labels"] is None else {each for each in pull["labels"] if each is not None}
            self.add("labels_each", pull, None if told is None else len(told))
            self.add("without_label", pull, None if told is None else int(not told))
            known[whose] += told is not None
            having[whose].update(told or ())
        found = self.figures()
        for (site, project), labels in having.items():
            unknown = sum((each["site"], each["project"]) == (site, project) for each in self.pulls.values())
            unknown -= known[site, project]
            for label, many in labels.items():
                for reading, of_all in (
                    ("share_of_pull_requests", known[site, project]),
                    ("share_of_assignments", labels.total()),
                ):
                    found[reading, "label", site, project, label] = (of_all, many, many / of_all, None, unknown)
        return found

    def issue_to_merge(self) -> dict[Key, Figures]:
        pairs: dict[tuple[bool, str, Any, Any], tuple[Row, int | None]] = {}
        for closer, issue, pull, shown in self._signs():
            place: Any = issue if isinstance(issue, str) else (issue["site"], issue["issue_id"])
            other: Any = pull if isinstance(pull, str) else (pull["site"], pull["issue_id"])
            begun = None if isinstance(issue, str) else _seconds(issue["created"])
            if begun is not None and begun >= self.until:
                continue
            ended = None
            if not isinstance(pull, str):
                if other not in self.pulls or self.pulls[other]["merged"] is None:
                    continue
                ended = self.pulls[other]["merged"]
            row = shown if isinstance(issue, str) else issue
            pairs[closer, row["site"], place, other] = (row, _less(ended, begun))
        firsts: dict[object, tuple[Row, list[int]]] = {}
        for (closer, site, place, _), (row, took) in pairs.items():
            self.add("closer" if closer else "reference", row, took)
            if not closer:
                _, those = firsts.setdefault((site, place), (row, []))
                those += [] if took is None else [took]
        for row, those in firsts.values():
            self.add("reference_first", row, min(those, default=None))
        self._landings()
        return self.figures()

    def _signs(self) -> Iterator[tuple[bool, Row | str, Row | str, Row]]:
        """Gives the issue and the pull request of every sign; a text is the name of what is not there."""
        by_key = {(row["site"], row["issue_key"]): row for row in self.issues.values()}
        by_commit = defaultdict(list)
        for row in self.tables["pull_requests"]:
            if row.get("merged_at") and row.get("merge_commit"):
                by_commit[row["site"], row["merge_commit"]].append((row["site"], row["issue_id"]))
        for sign in self.tables["closings"]:
            here = self.issues.get((sign["site"], sign["issue_id"]))
            if here is None:
                continue
            closer = sign["kind"] == "closer"
            id_, key = sign.get("other_id"), sign.get("other_key")
            if id_ is None and not key:
                if closer and here["kind"] == "issue":
                    for place in by_commit[sign["site"], sign.get("commit")]:
                        yield closer, here, self.issues.get(place, f"commit {place}"), here
                continue
            other = self.issues.get((sign["site"], id_)) or by_key.get((sign["site"], key)) or str(key or id_)
            kinds = (here["kind"], other if isinstance(other, str) else other["kind"])
            if kinds[0] == "issue" and (isinstance(other, str) or kinds[1] == "pull_request"):
                yield closer, here, other, here
            if kinds[0] == "pull_request" and not closer and (isinstance(other, str) or kinds[1] == "issue"):
                yield closer, other, here, here

    def _landings(self) -> None:
        githubs = {row["site"] for row in self.tables["pull_requests"]}
        found: dict[tuple[str, int, str], list[int]] = {}
        for row in self.tables["pairs"]:
            landed = _seconds(row.get("landed_at"))
            counts = row.get("landed_how") not in (None, "", "bulk_close") if landed is None else landed < self.until
            if counts and not row.get("reverted_by"):
                found.setdefault((row["site"], row["issue_id"], row["grade"]), []).extend(
                    [] if landed is None else [landed]
                )
        for (site, id_, grade), those in found.items():
            issue = self.issues.get((site, id_))
            if issue is None or (_seconds(issue["created"]) or 0) >= self.until:
                continue
            name = f"{'' if site in githubs else 'jira_'}landed_{grade.lower()}"
            self.add(name, issue, _less(min(those, default=None), _seconds(issue["created"])))


def of(values: list[int | None]) -> Figures:
    """The figures of some values, of which some are not known."""
    known = [value for value in values if value is not None]
    middle = statistics.median(known) if known else None
    return len(known), sum(known), sum(known) / len(known) if known else None, middle, len(values) - len(known)


def expected(rows: dict[str, list[Row]], until: int) -> dict[str, dict[Key, Figures]]:
    """Every metric, each from rows that nobody has touched."""
    names = ("open_time", "issue_to_merge", "labels", "lines")
    return {name: getattr(Plain(rows, until), name)() for name in names}
