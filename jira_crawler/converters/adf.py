"""Atlassian Document Format: a tree of nodes, decoded or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from jira_crawler.converters.adf_source import NODE, salvage
from jira_crawler.converters.adf_walk import Walk
from jira_crawler.converters.characters import readable


def convert(source: str | bytes | Mapping[str, Any]) -> str:
    """Return an ADF document as Markdown; text that is no JSON, or nested too deep to parse, as its plain text."""
    if isinstance(source, NODE):
        return Walk().read([source])
    try:
        document = msgspec.json.decode(source)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return salvage(readable(source))
    if isinstance(document, dict | list):
        return Walk().read(document if isinstance(document, list) else [document])
    return readable(document if isinstance(document, str) else source)
