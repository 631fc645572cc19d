"""Recorded repositories of GitHub as rows of the tables: what REST or an archive of GraphQL said, and sizes out of git.

Nothing of this was fetched by us, so what only a crawl brings, such as who closed what, is not in it. A pull request
closes what its body says it closes, by GitHub's own rule.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.github_tables import Made

_CLOSES = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+"
    r"(?:(?:https://github\.com/)?([\w.-]+/[\w.-]+?)(?:#|/(?:issues|pull)/)|#)([0-9]+)\b",
    re.IGNORECASE | re.ASCII,
)


def repositories(folder: Path) -> Iterator[tuple[str, Path]]:
    """Gives the name and the file of what is recorded: an archive of the IETF's, or a list of REST answers."""
    for path in sorted(folder.rglob("archive.json.gz")):
        yield path.parent.name, path
    for path in sorted(folder.rglob("issues.jsonl.gz")):
        if "repository_url" in next(_lines(path), {}):  # and not answers with what was asked around them
            yield path.parent.name, path


def loaded(path: Path) -> Made:
    """Reads a recorded repository."""
    return _archive(path) if path.name.startswith("archive") else _rest(path)


def _archive(path: Path) -> Made:
    told = json.loads(gzip.decompress(path.read_bytes()))
    made, name = Made(fetched=_moment(told["timestamp"])), told["repo"]
    for each in told["issues"]:
        made.issue(each["number"], _moment(each["createdAt"]), project=name, labels=each["labels"])
    sizes = {row["number"]: row for row in _lines(path.with_name("lines.jsonl.gz"))}
    for each in told["pulls"]:
        size = sizes.get(each["number"], {})
        pull = made.pull(
            each["number"],
            _moment(each["createdAt"]),
            project=name,
            labels=each["labels"],
            closed_at=_moment(each["closedAt"]),
            merged_at=_moment(each["mergedAt"]),
            additions=size.get("additions"),
            deletions=size.get("deletions"),
        )
        _close(made, pull, each["body"])
    return made


def _rest(path: Path) -> Made:
    rows = list(_lines(path))
    name = rows[0]["repository_url"].partition("/repos/")[2]
    made = Made(fetched=max(_moment(row["updated_at"]) for row in rows))
    for each in rows:
        labels, created = [label["name"] for label in each["labels"]], _moment(each["created_at"])
        milestone = (each["milestone"] or {}).get("title")
        if not (pull := each.get("pull_request")):
            made.issue(each["number"], created, project=name, labels=labels, milestone=milestone)
            continue
        ends = {"closed_at": _moment(each["closed_at"]), "merged_at": _moment(pull["merged_at"])}
        _close(
            made,
            made.pull(each["number"], created, project=name, labels=labels, milestone=milestone, **ends),
            each["body"],
        )
    return made


def _close(made: Made, pull: dict[str, Any], body: str | None) -> None:
    for name, number in _CLOSES.findall(body or ""):
        made.closing(pull, "reference", other_key=f"{name or pull['project']}#{number}")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _moment(text: str | None) -> Any:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
