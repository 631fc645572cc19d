"""Finds who is mentioned in an issue, in the tracker's own words: Markdown no longer tells a mention from a handle."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from jira_crawler.items import Person

_WIKI: Final = re.compile(rb"\[~(?:accountid:)?([^\]\\\"|\s\[]{1,128})\]")
_ADF: Final = re.compile(rb'"type"\s{0,3}:\s{0,3}"mention"\s{0,3},\s{0,3}"attrs"\s{0,3}:\s{0,3}(\{[^{}]{0,2000}\})')
_ADF_BACKWARDS: Final = re.compile(
    rb'"attrs"\s{0,3}:\s{0,3}(\{[^{}]{0,2000}\})\s{0,3},\s{0,3}"type"\s{0,3}:\s{0,3}"mention"'
)
# A page's HTML stands in JSON, and some of it in a script's string in that, so that it is escaped twice or more.
_ESCAPED: Final = re.compile(rb"\\+(?:u([0-9a-fA-F]{4}))?")
_HTML: Final = re.compile(rb"<a\b([^<>]{0,1000}user-hover[^<>]{0,1000})>\s{0,9}@?([^<>]{1,128})<")
_LOGIN: Final = re.compile(rb"\brel=[\"']([^\"'\s]{1,128})")
_ID: Final = re.compile(rb'"id"\s{0,3}:\s{0,3}"([^"\\]{1,128})"')
_TEXT: Final = re.compile(rb'"text"\s{0,3}:\s{0,3}"@?([^"\\]{1,128})"')


def mentioned(payload: bytes) -> tuple[Person, ...]:
    """Everyone whom the texts of a payload mention, each once, in order; on Server only their login is known."""
    people: dict[Person, None] = {}
    if b"[~" in payload:
        for match in _WIKI.finditer(payload):
            people[Person(id=match[1].decode("utf-8", "replace"))] = None
    if b'"mention"' in payload:
        for pattern in (_ADF, _ADF_BACKWARDS):
            for match in pattern.finditer(payload):
                people[Person(id=_first(_ID, match[1]), name=_first(_TEXT, match[1]))] = None
    if b"user-hover" in payload:
        for match in _HTML.finditer(_ESCAPED.sub(_plain, payload)):
            name = unescape(match[2].decode("utf-8", "replace")).strip()
            people[Person(id=_first(_LOGIN, match[1]), name=name)] = None
    return tuple(people)


def _plain(escaped: re.Match[bytes]) -> bytes:
    return chr(int(escaped[1], 16)).encode("utf-8", "replace") if escaped[1] else b""


def _first(pattern: re.Pattern[bytes], attributes: bytes) -> str:
    found = pattern.search(attributes)
    return found[1].decode("utf-8", "replace") if found else ""
