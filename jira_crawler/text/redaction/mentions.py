"""Finds who is mentioned in an issue, in the tracker's own words: Markdown no longer tells a mention from a handle."""

from __future__ import annotations

import re
from typing import Final

from jira_crawler.items import Person

_WIKI: Final = re.compile(rb"\[~(?:accountid:)?([^\]\\\"|\s\[]{1,128})\]")
_ADF: Final = re.compile(rb'"type"\s{0,3}:\s{0,3}"mention"\s{0,3},\s{0,3}"attrs"\s{0,3}:\s{0,3}(\{[^{}]{0,2000}\})')
_ADF_BACKWARDS: Final = re.compile(
    rb'"attrs"\s{0,3}:\s{0,3}(\{[^{}]{0,2000}\})\s{0,3},\s{0,3}"type"\s{0,3}:\s{0,3}"mention"'
)
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
    return tuple(people)


def _first(pattern: re.Pattern[bytes], attributes: bytes) -> str:
    found = pattern.search(attributes)
    return found[1].decode("utf-8", "replace") if found else ""
