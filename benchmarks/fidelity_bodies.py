"""Recorded bodies, wherever a user keeps them: payloads, lines of them, archives, XML exports, documents."""

from __future__ import annotations

import gzip
import io
import json
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from jira_crawler.items import Body

READABLE = (".json", ".jsonl", ".jsonl.gz", ".tar.gz", ".tgz", ".zip", ".xml")
_XML = etree.XMLParser(recover=True, huge_tree=True, no_network=True, resolve_entities=False)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A body and where it was found."""

    place: str
    body: Body


def recorded(paths: Iterable[Path]) -> Iterator[Recorded]:
    """Finds every body in files and in folders of them, in the order of their names."""
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.name.endswith(READABLE) and file.is_file():
                yield from _in_file(file.name, file.read_bytes())


def _in_file(name: str, data: bytes) -> Iterator[Recorded]:
    if name.endswith((".tar.gz", ".tgz")):
        yield from _in_tar(data)
    elif name.endswith(".zip"):
        yield from _in_zip(data)
    elif name.endswith(".gz"):
        yield from _in_file(name[:-3], gzip.decompress(data))
    elif name.endswith(".jsonl"):
        for number, line in enumerate(data.splitlines(), 1):
            if line.strip():
                yield from _in_json(f"{name}:{number}", _decoded(name, line))
    elif name.endswith(".json"):
        yield from _in_json(name, _decoded(name, data))
    elif name.endswith(".xml"):
        yield from _in_xml(data)


def _decoded(name: str, data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        print(f"{name} is left out, it is no JSON: {error}", file=sys.stderr)
        return None


def _in_tar(data: bytes) -> Iterator[Recorded]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                yield from _in_file(Path(member.name).name, file.read())


def _in_zip(data: bytes) -> Iterator[Recorded]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield from _in_file(Path(name).name, archive.read(name))


def _in_json(place: str, value: Any) -> Iterator[Recorded]:
    """Knows issues, search answers, webhooks, ADF documents, and `{"source": …, "format": …}`."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _in_json(f"{place}[{number}]", each)
    if not isinstance(value, dict):
        return
    if value.get("type") == "doc":
        yield Recorded(place, Body(json.dumps(value), "adf"))
    elif isinstance(value.get("source"), str) and value.get("format") in ("wiki", "html", "adf", "markdown"):
        yield Recorded(str(value.get("place") or place), Body(value["source"], value["format"]))
    elif "issues" in value:
        yield from _in_json(place, value["issues"])
    elif "issue" in value:
        yield from _in_json(place, value["issue"])
        yield from _of(f"{place} comment", (value.get("comment") or {}).get("body"), "wiki")
    else:
        yield from _in_issue(str(value.get("key") or place), value)


def _in_issue(key: str, issue: dict[str, Any]) -> Iterator[Recorded]:
    for group, text_format in (("fields", "wiki"), ("renderedFields", "html")):
        fields = issue.get(group)
        if not isinstance(fields, dict):
            continue
        for name in ("description", "environment"):
            yield from _of(f"{key} {name}", fields.get(name), text_format)
        comments = fields.get("comment")
        for number, comment in enumerate(comments.get("comments") or [] if isinstance(comments, dict) else [], 1):
            yield from _of(f"{key} comment {number}", comment.get("body"), text_format)


def _of(place: str, value: Any, text_format: Any) -> Iterator[Recorded]:
    if isinstance(value, dict):
        yield Recorded(place, Body(json.dumps(value), "adf"))
    elif isinstance(value, str) and value.strip():
        yield Recorded(place, Body(value, text_format))


def _in_xml(data: bytes) -> Iterator[Recorded]:
    root = etree.fromstring(data, _XML)
    for item in root.iter("item") if root is not None else ():
        key = item.findtext("key") or "?"
        for part in (*item.findall("description"), *item.findall("environment"), *item.findall("comments/comment")):
            if part.text and part.text.strip():
                yield Recorded(f"{key} {part.tag} {part.get('id', '')}".rstrip(), Body(part.text, "html"))
