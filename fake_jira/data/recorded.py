"""Recorded issues → whole issues as a Jira would hold them.

Archives are read in place: no name in them becomes a path.
"""

from __future__ import annotations

import gzip
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson

from fake_jira.data.dates import instant
from fake_server import BadOption

_KEY = re.compile(r"([A-Z][A-Z0-9_]*)-[1-9]\d*")
_ARCHIVES = (".tar.gz", ".tgz", ".tar")
_LINES = (".jsonl", ".jsonl.gz")
_LARGEST = 64 * 1024 * 1024


def recorded(paths: Iterable[Path], base: str) -> Iterator[dict[str, Any]]:
    """Every issue under the paths once, its newest recording, completed where a real Jira is never silent."""
    newest: dict[str, dict[str, Any]] = {}
    for path in paths:
        for document in _documents(path):
            issue = _issue(document, base)
            if issue is None:
                continue
            known = newest.get(issue["id"])
            if known is None or instant(known["fields"]["updated"]) <= instant(issue["fields"]["updated"]):
                newest[issue["id"]] = issue
    if not newest:
        raise BadOption("There are no recorded issues in " + ", ".join(map(str, paths)) + ".")
    while newest:
        yield newest.pop(next(iter(newest)))


def _documents(path: Path) -> Iterator[bytes]:
    try:
        yield from _read(path)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise BadOption(f"Cannot read the recorded issues of {path}: {error}.") from error


def _read(path: Path) -> Iterator[bytes]:
    if path.is_dir():
        for part in sorted(path.rglob("*")):
            if part.is_file() and part.name.endswith((*_ARCHIVES, *_LINES, ".json")):
                yield from _read(part)
    elif path.name.endswith(_ARCHIVES):
        with tarfile.open(path) as archive:
            for member in archive:
                content = archive.extractfile(member) if _plausible(member) else None
                if content:
                    yield content.read()
    elif path.name.endswith(_LINES):
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            yield from lines
    else:
        yield path.read_bytes()


def _plausible(member: tarfile.TarInfo) -> bool:
    return member.isfile() and member.name.endswith(".json") and member.size <= _LARGEST


def _issue(document: bytes, base: str) -> dict[str, Any] | None:
    """None for what is no issue: a description of the project, a broken file."""
    try:
        issue = orjson.loads(document)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(issue, dict) or not isinstance(issue.get("fields"), dict):
        return None
    key = _KEY.fullmatch(str(issue.get("key")))
    if key is None:
        return None
    issue = _rebased(document, issue, base)
    number = str(issue.get("id") or "")
    issue["id"] = number if number.isdigit() else str(10_000_000 + crc32(key[0].encode()))
    _complete(issue["fields"], key[1], base)
    return issue


def _rebased(document: bytes, issue: dict[str, Any], base: str) -> dict[str, Any]:
    """Addresses of the recorded site become ours: a crawler that follows one must not leave the sandbox."""
    site, found, _ = str(issue.get("self") or "").partition("/rest/api/")
    if not found or site == base:
        return issue
    moved: dict[str, Any] = orjson.loads(document.replace(f'"{site}/'.encode(), f'"{base}/'.encode()))
    return moved


def _complete(fields: dict[str, Any], project: str, base: str) -> None:
    for name in ("summary", "created", "updated"):
        fields.setdefault(name, None)
    if not isinstance(fields.get("project"), dict):
        fields["project"] = {"id": str(10_000 + crc32(project.encode()) % 10_000), "name": project}
    fields["project"]["key"] = project
    fields["project"].setdefault("self", f"{base}/rest/api/2/project/{fields['project'].get('id')}")
    for field, items in (("comment", "comments"), ("worklog", "worklogs")):
        held = fields.get(field)
        listed = held.get(items) if isinstance(held, dict) else held
        if isinstance(listed, list):
            fields[field] = {items: [_numbered(one, place) for place, one in enumerate(listed)]}
        else:
            fields.pop(field, None)


def _numbered(part: Any, place: int) -> dict[str, Any]:
    part = part if isinstance(part, dict) else {"body": str(part)}
    return part if str(part.get("id") or "").isdigit() else {**part, "id": str(place + 1)}
