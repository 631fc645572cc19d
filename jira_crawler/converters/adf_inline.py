"""What stands inside one block of an ADF document: text with marks, mentions, cards, media."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jira_crawler.converters.adf_source import NODE, Node, attributes, children
from jira_crawler.converters.blocks import code_span, image, link
from jira_crawler.converters.characters import readable

_WRAPS = {"strong": "**", "em": "_", "strike": "~~"}
_PARAGRAPHS = frozenset(
    [
        "paragraph",
        "heading",
        "codeBlock",
        "blockquote",
        "panel",
        "listItem",
        "taskItem",
        "decisionItem",
        "rule",
        "table",
        "tableRow",
        "mediaSingle",
    ]
)


def inline(nodes: list[Any]) -> str:
    """Join inline nodes, the children of unknown ones included."""
    out: list[str] = []
    todo = nodes[::-1]
    while todo:
        node = todo.pop()
        if not isinstance(node, NODE):
            continue
        kind = node.get("type")
        if kind == "text":
            text = node.get("text")
            if not isinstance(text, str):
                text = str(text) if isinstance(text, int | float) and abs(text) < 10**15 else ""
            marks = node.get("marks")
            if "\r" in text:
                text = readable(text)
            out.append(_marked(text, marks) if marks else text)
        elif kind == "hardBreak":
            out.append("\n")
        else:
            out.append(text_of(node))
            todo.extend(reversed(children(node)))
    return "".join(out)


def flat(root: Node) -> str:
    """Write a whole cell as lines of text: blocks end their line, items keep a dash, code lines become spans."""
    out: list[str] = []
    todo: list[Any] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, NODE):
            kind = node.get("type")
            if kind == "codeBlock":
                code = "".join(text_of(part) for part in children(node) if isinstance(part, NODE))
                out.append("\n".join(code_span(line) for line in code.split("\n")) + "\n")
            elif kind in ("text", "hardBreak"):
                out.append(inline([node]))
            else:
                out.append("- " if kind == "listItem" else text_of(node))
                if isinstance(kind, str) and kind in _PARAGRAPHS:
                    todo.append("\n")
                todo.extend(reversed(children(node)))
    return "\n".join(line for line in "".join(out).split("\n") if line.strip())


def text_of(node: Node) -> str:
    """Return what a node says by itself, without its children."""
    attrs = attributes(node)
    kind = node.get("type")
    said = ""
    if kind == "mention":
        said = "@" + _first(attrs, "text", "displayName", "id").lstrip("@")
    elif kind == "emoji":
        said = _first(attrs, "text", "shortName", "id")
    elif kind == "date":
        said = _day(attrs.get("timestamp"))
    elif kind in ("inlineCard", "blockCard", "embedCard"):
        data = attrs.get("data")
        named = data if isinstance(data, NODE) else {}
        said = link(_first(named, "name", "title"), _first(attrs, "url") or _first(named, "url", "@id"))
    elif kind in ("media", "mediaInline"):
        said = _medium(attrs)
    elif isinstance(node.get("text"), str):
        said = node["text"]
    elif kind not in ("orderedList", "heading", "panel", "codeBlock"):
        said = _first(attrs, "text", "title", "label", "alt")
    return readable(said) if "\r" in said else said


def _medium(attrs: Mapping[str, Any]) -> str:
    url = _first(attrs, "url")
    name = _first(attrs, "alt", "__fileName", "fileName", "filename") or url.rpartition("/")[2] or _first(attrs, "id")
    return image(name, url) if name else ""


def _first(attrs: Mapping[str, Any], *names: str) -> str:
    """Return the first of the named values that is text."""
    for name in names:
        value = attrs.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def _day(timestamp: Any) -> str:
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, UTC).strftime("%Y-%m-%d")
    except (ValueError, TypeError, OverflowError, OSError):
        return timestamp if isinstance(timestamp, str) else ""


def _marked(text: str, marks: Any) -> str:
    """Put marks around text, blanks at its edges outside: `** x**` is no emphasis."""
    kinds = {str(mark.get("type")): mark for mark in marks if isinstance(mark, NODE)} if isinstance(marks, list) else {}
    core = text.strip()
    if not core:
        return text
    before, _, after = text.partition(core)
    if "code" in kinds:
        core = code_span(core)
    for kind, wrap in _WRAPS.items():
        if kind in kinds:
            core = wrap + core + wrap
    if "link" in kinds:
        core = link(core, str(attributes(kinds["link"]).get("href") or ""))
    return before + core + after
