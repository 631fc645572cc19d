"""What a Jira calls its fields, for the few that are known by name: kept with each issue that has something in them.

A custom field has another id on every site, so a name finds the ids and the ids find the values; on issues.apache.org
29 names occur more than once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

_ID: Final = re.compile(r"customfield_\d{1,12}")
# "Release Note", "Release notes", "Release Note Text"; but not "Release Note Status", which is a choice and no text.
_RELEASE_NOTE: Final = re.compile(
    r"(?:(?:public|external|customer) )?release[ _-]?notes?(?:[ _-](?:text|content|description|summary))?",
    re.IGNORECASE,
)
_MOST: Final = 16  # each costs a search through every issue of a page
_VALUE: Final = re.compile(rb"\s*+:\s*+(?!null)")


class _Fields(Struct):
    fields: dict[str, Raw]


class _Document(Struct):
    type: str
    content: list[Raw] = []


_fields = msgspec.json.Decoder(_Fields)
_parts = msgspec.json.Decoder(dict[str, Raw])
_document = msgspec.json.Decoder(_Document)
_text = msgspec.json.Decoder(str)
_names = msgspec.json.Decoder(dict[str, Any])


def wanted(names: Raw) -> dict[str, str]:
    """Picks the fields that are read by name out of a map from id to name, in order of id; {} if it is no such map."""
    try:
        found = _names.decode(names)
    except (ValueError, RecursionError):
        return {}
    ids = [
        each
        for each, name in found.items()
        if isinstance(name, str) and _ID.fullmatch(each) and _RELEASE_NOTE.fullmatch(" ".join(name[:80].split()))
    ]
    return {each: found[each] for each in sorted(ids, key=lambda each: (len(each), each))[:_MOST]}


def keep(payload: bytes, known: Mapping[str, str]) -> bytes:
    """Adds `names` to an issue as Jira does for one that is asked for by itself, with what it has something in.

    The issue is not opened where nothing of it is known by name, and never encoded anew.
    """
    there = [each for each in known if _has_value(payload, each)]
    if not there:
        return payload
    try:
        fields = _fields.decode(payload).fields
    except (ValueError, RecursionError):
        return payload
    kept = {each: known[each] for each in there if bytes(fields.get(each, b"null")) != b"null"}
    return payload.rstrip()[:-1] + b',"names":' + msgspec.json.encode(kept) + b"}" if kept else payload


def cut_down(body: bytes) -> bytes:
    """Leaves of the hundreds of names that come with an issue asked for by itself those that `keep` would add."""
    try:
        parts = _parts.decode(body)
    except (ValueError, RecursionError):
        return body
    if "names" not in parts:
        return body
    known = wanted(parts.pop("names"))
    return keep(msgspec.json.encode(parts), known)


def release_notes(payload: bytes, names: Raw) -> list[Raw]:
    """Finds the release notes of an issue by its own `names`: strings or ADF documents, none of them blank."""
    known = wanted(names)
    if not known:
        return []
    try:
        fields = _fields.decode(payload).fields
    except (ValueError, RecursionError):
        return []
    return [fields[each] for each in known if each in fields and _says_something(fields[each])]


def _has_value(payload: bytes, field: str) -> bool:
    """Tells whether a field seems to be there and not null, at the price of a search for its id."""
    mark, at = f'"{field}"'.encode(), -1
    while (at := payload.find(mark, at + 1)) >= 0:
        if _VALUE.match(payload, at + len(mark)):
            return True
    return False


def _says_something(value: Raw) -> bool:
    """Tells a text from a choice, a number or nothing."""
    source = bytes(value)
    try:
        if source.startswith(b"{"):
            document = _document.decode(source)
            return document.type == "doc" and bool(document.content)
        return source.startswith(b'"') and bool(_text.decode(source).strip())
    except (ValueError, RecursionError):
        return False
