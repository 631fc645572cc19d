"""What hangs on an issue and has an address of its own: its files, and its links to elsewhere."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec
from msgspec import Raw, Struct

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.jira.decode import ID

UNDECODABLE = (ValueError, RecursionError)
_LONGEST = 200  # characters of a file's name in an address


class Attachment(NamedTuple):
    """A file as its issue tells of it; `size` in bytes, -1 where that is not said."""

    id: str
    name: str
    size: int
    mime: str


class _Fields(Struct, frozen=True):
    attachment: Raw = Raw(b"null")


class _Issue(Struct, frozen=True):
    fields: _Fields = _Fields()


class _Entry(Struct):
    id: Any = None
    filename: Any = None
    size: Any = None
    mimeType: Any = None  # noqa: N815 - Jira's spelling


_issue = msgspec.json.Decoder(_Issue)
_listed = msgspec.json.Decoder(list[Raw])
_entry = msgspec.json.Decoder(_Entry)
_links = msgspec.json.Decoder(list[dict[str, Any]])


def attachments(payload: bytes) -> list[Attachment]:
    """Gives the files of an issue that have an id which is one, in the order of these ids."""
    try:
        listed = bytes(_issue.decode(payload).fields.attachment)
        entries = _listed.decode(listed) if listed != b"null" else []
    except UNDECODABLE:
        return []
    found: dict[int, Attachment] = {}
    for raw in entries:
        try:
            entry = _entry.decode(raw)
        except UNDECODABLE:
            continue
        id_ = str(entry.id)
        if not isinstance(entry.id, (str, int)) or isinstance(entry.id, bool) or not ID.fullmatch(id_):
            continue
        size = entry.size if isinstance(entry.size, int) and not isinstance(entry.size, bool) else -1
        name, mime = (text if isinstance(text, str) else "" for text in (entry.filename, entry.mimeType))
        # A number that the store cannot hold is no size of a file.
        found[int(id_)] = Attachment(id_, name, size if 0 <= size < 2**62 else -1, mime)
    return [found[number] for number in sorted(found)]


def read_remote_links(body: bytes) -> bytes:
    """Reads an answer about links to elsewhere, and gives it as JSON that is the same for the same links."""
    try:
        return msgspec.json.encode(sorted(_links.decode(body), key=_place), order="sorted")
    except UNDECODABLE as error:
        raise Unreadable(f"not a list of remote links: {error}") from error


def _place(link: dict[str, Any]) -> tuple[int, str]:
    text = str(link.get("id"))
    return len(text), text


def segment(name: str) -> str:
    """Writes the name of a file as one step of a path, which is all that may lead there: `file` where it would be more.

    A server finds a file by its id; names that servers and proxies read in several ways are not sent to them.
    """
    plain = name.isprintable() and not any(each in name for each in "/\\;%") and name.strip(". ")
    try:
        return quote(name, safe="") if plain and len(name) <= _LONGEST else "file"
    except UnicodeEncodeError:
        return "file"
