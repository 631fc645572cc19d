"""ADF as it arrives: nodes that may be malformed, and JSON that may be broken or nested too deep to parse."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from jira_crawler.converters.characters import readable

Node = Mapping[str, Any]
# The same question as `Mapping` alone, answered ten times faster for what JSON gives.
NODE = (dict, Mapping)

# A string that nothing closes goes to the end, so that none of its escaped quotes is tried as the start of another.
_STRING = re.compile(
    r'"(?P<key>text|type)"\s*+:\s*+"(?P<value>(?>(?:[^"\\]|\\.)*))"|"(?>(?:[^"\\]|\\.)*)(?:"|\\?\Z)', re.DOTALL
)
_BLOCKS = frozenset(
    [
        "paragraph",
        "heading",
        "listItem",
        "codeBlock",
        "blockquote",
        "panel",
        "tableRow",
        "tableCell",
        "tableHeader",
        "taskItem",
        "hardBreak",
    ]
)


def attributes(node: Node) -> Mapping[str, Any]:
    """Return the attributes of a node, none if they are not a mapping."""
    attrs = node.get("attrs")
    # Asking what None is takes longer than all the rest.
    return attrs if attrs is not None and isinstance(attrs, NODE) else {}


def children(node: Node) -> list[Any]:
    """Return the children of a node, none if they are not a list."""
    content = node.get("content")
    return content if isinstance(content, list) else []


def salvage(source: str) -> str:
    """Pull the text out of JSON that no parser takes, a line for each block; anything else stays as it is."""
    if not source.lstrip().startswith(("{", "[")):
        return source.strip("\n")
    out: list[str] = []
    for found in _STRING.finditer(source):
        if found["key"] == "text":
            out.append(_decoded(found["value"]))
        elif found["value"] in _BLOCKS:
            out.append("\n")
    text = re.sub(r"\n{2,}", "\n\n", "".join(out)).strip("\n")
    return text or source.strip("\n")


def _decoded(value: str) -> str:
    try:
        return readable(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value
