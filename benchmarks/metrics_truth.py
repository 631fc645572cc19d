"""The same metrics by a few lines of DuckDB over the recorded files themselves; nothing of ours is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

Figures = tuple[int, int, float | None, float | None]  # n, sum, mean, median
Truth = dict[tuple[str, str, str | None], Figures]  # by reading, what it is of (all, label, milestone), and which

_ARCHIVE = """
CREATE TABLE archive AS SELECT * FROM read_json($file, maximum_object_size = 1000000000);
CREATE TABLE item AS SELECT i.number, false AS pull, i.createdAt::TIMESTAMPTZ AS created, NULL::TIMESTAMPTZ AS closed,
    NULL::TIMESTAMPTZ AS merged, i.labels::VARCHAR[] AS labels, NULL AS milestone, '' AS body
    FROM (SELECT unnest(issues) AS i FROM archive)
UNION ALL SELECT p.number, true, p.createdAt::TIMESTAMPTZ, p.closedAt::TIMESTAMPTZ, p.mergedAt::TIMESTAMPTZ,
    p.labels::VARCHAR[], NULL, p.body FROM (SELECT unnest(pulls) AS p FROM archive);
CREATE TABLE size AS SELECT number, additions + deletions AS lines FROM read_json($sizes);
CREATE TABLE name AS SELECT repo AS name, timestamp::TIMESTAMPTZ AS fetched FROM archive
"""
_REST = """
CREATE TABLE item AS SELECT number, pull_request IS NOT NULL AS pull, created_at::TIMESTAMPTZ AS created,
    closed_at::TIMESTAMPTZ AS closed, pull_request.merged_at::TIMESTAMPTZ AS merged,
    [label.name FOR label IN labels]::VARCHAR[] AS labels, milestone.title AS milestone, body FROM read_json($file);
CREATE TABLE size AS SELECT 0 AS number, 0 AS lines WHERE false;
CREATE TABLE name AS SELECT 'rust-lang/rust' AS name, max(updated_at)::TIMESTAMPTZ AS fetched FROM read_json($file)
"""
_CLOSES = (
    r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+"
    r"(?:(?:(?:https://github\.com/)?{name}(?:#|/issues/|/pull/))|#)([0-9]+)\b"
)
_PULLS = """
CREATE TABLE pulls AS SELECT item.*, epoch(closed - created)::BIGINT AS open_for, epoch(merged - created)::BIGINT AS
    merged_after, epoch(date_trunc('day', fetched) + INTERVAL 1 DAY - created)::BIGINT AS age, lines
    FROM item CROSS JOIN name LEFT JOIN size USING (number) WHERE pull;
CREATE TABLE pairs AS SELECT DISTINCT i.number AS issue, p.number AS pull, epoch(p.merged - i.created)::BIGINT AS waited
    FROM (SELECT *, unnest(regexp_extract_all(body, $closes, 1)) AS closes FROM pulls) AS p
    JOIN item AS i ON i.number = p.closes::BIGINT AND NOT i.pull WHERE p.merged IS NOT NULL;
CREATE TABLE tagged AS SELECT DISTINCT number, unnest(labels) AS label FROM pulls
"""
_FIGURES = "count({0}), coalesce(sum({0}), 0)::BIGINT, avg({0}), median({0})"
READINGS = {
    "closed": ("pulls", "open_for"),
    "merged": ("pulls", "merged_after"),
    "with_still_open": ("pulls", "coalesce(open_for, age)"),
    "still_open": ("(FROM pulls WHERE closed IS NULL)", "age"),
    "reference": ("pairs", "waited"),
    "reference_first": ("(SELECT min(waited) AS first FROM pairs GROUP BY issue)", "first"),
    "without_label": ("pulls", "(len(labels) = 0)::INT"),
    "labels_each": ("pulls", "len(list_distinct(labels))"),
    "all": ("pulls", "lines"),
    "merged_lines": ("(FROM pulls WHERE merged IS NOT NULL)", "lines"),
}


def truth(path: Path) -> Truth:
    """Gives the figures of a recorded repository; `merged_lines` is the reading `merged` of lines."""
    with duckdb.connect() as asked:
        asked.execute("SET TimeZone = 'UTC'")
        files = {"file": str(path), "sizes": str(path.with_name("lines.jsonl.gz"))}
        for statement in (_ARCHIVE if path.name.startswith("archive") else _REST).split(";"):
            asked.execute(statement, {name: file for name, file in files.items() if f"${name}" in statement})
        [(name,)] = asked.execute("SELECT name FROM name").fetchall()
        for statement in _PULLS.split(";"):
            closes = {"closes": _CLOSES.format(name=name.replace(".", r"\."))}
            asked.execute(statement, closes if "$closes" in statement else {})
        found: Truth = {}
        for reading, (rows, value) in READINGS.items():
            found[reading, "all", None] = _one(asked, f"SELECT {_FIGURES.format(value)} FROM {rows}")
        for reading in ("all", "merged_lines"):
            rows, value = READINGS[reading]
            by_milestone = f"SELECT milestone, {_FIGURES.format(value)} FROM {rows} GROUP BY milestone"
            for milestone, *figures in asked.execute(by_milestone).fetchall():
                found[reading, "milestone", milestone] = _figures(figures)
        for of, whole in (("share_of_pull_requests", "pulls"), ("share_of_assignments", "tagged")):
            shares = f"SELECT label, (SELECT count(*) FROM {whole}), count(*) FROM tagged GROUP BY label"
            for label, n, those in asked.execute(shares).fetchall():
                found[of, "label", label] = (n, those, those / n, None)
        return found


def itself(path: Path) -> Figures:
    """What a join of the list of issues with pull requests on the number gives for the time from issue to merge."""
    with duckdb.connect() as asked:
        files = {"file": str(path), "sizes": str(path.with_name("lines.jsonl.gz"))}
        for statement in (_ARCHIVE if path.name.startswith("archive") else _REST).split(";"):
            asked.execute(statement, {name: file for name, file in files.items() if f"${name}" in statement})
        value = _FIGURES.format("epoch(pulls.merged - item.created)::BIGINT")
        joined = "item JOIN (FROM item WHERE pull AND merged IS NOT NULL) AS pulls USING (number)"
        return _one(asked, f"SELECT {value} FROM {joined}")


def _one(asked: duckdb.DuckDBPyConnection, question: str) -> Figures:
    [row] = asked.execute(question).fetchall()
    return _figures(row)


def _figures(row: Any) -> Figures:
    n, total, mean, median = row
    return int(n), int(total), mean, median
