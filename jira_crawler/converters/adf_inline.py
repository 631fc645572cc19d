"""What stands inside one block of an ADF document: text with marks, mentions, cards, media."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from jira_crawler.converters.adf_source import NODE, Node, attributes, children
from jira_crawler.converters.blocks import code_span, image, link
from jira_crawler.converters.characters import readable
from jira_crawler.converters.markdown_emphasis import EM, OFF, ON, STRIKE, STRONG, resolve_marks
from jira_crawler.converters.markdown_escape import plain

_STYLES = {"strong": STRONG, "em": EM, "strike": STRIKE}
_NAMES = ("__fileName", "fileName", "filename")


def inline(nodes: list[Any]) -> str:
    """Join inline nodes to a paragraph, the children of unknown ones included."""
    if len(nodes) == 1 and isinstance(only := nodes[0], dict) and only.get("type") == "text" and "marks" not in only:
        text = plain(_text(only)).strip()
        return text if text.isascii() else resolve_marks(text)
    out = _joined(nodes)
    text = "".join(out) if len(out) != 1 else out[0]
    if " \n" in text or "\t\n" in text:
        text = "\n".join([line.rstrip() for line in text.split("\n")])
    return resolve_marks(text.strip())


def _joined(nodes: list[Any]) -> list[str]:
    out: list[str] = []
    href, anchor = "", 0
    apart = False
    todo = nodes[::-1]
    while todo:
        node = todo.pop()
        if not isinstance(node, NODE):
            continue
        kind, led = node.get("type"), ""
        if kind == "text":
            text = _text(node)
            marks = node.get("marks")
            text, led = _marked(text, marks) if marks else (plain(text), "")
        elif kind == "hardBreak":
            text = "\n"
        else:
            text = said(node)
            todo.extend(reversed(children(node)))
        if led != href:
            if href:
                apart = True
                _link(out, anchor, href)
            href, anchor = led, len(out)
        if text:
            if (apart or text[0] == "`") and out and _runs_together(out[-1][-1], text[0], apart):
                out[-1] += " "
            out.append(text)
            apart = kind != "text" and kind in _GOING_ON
    if href:
        _link(out, anchor, href)
    return out


# A name or an address would go on into the text behind it.
_GOING_ON = ("mention", "inlineCard", "status", "date")


def _link(out: list[str], start: int, href: str) -> None:
    """Make a link of all that came since."""
    inside = "".join(out[start:])
    text = inside.strip()
    if text:
        before, _, after = inside.partition(text)
        bare = href.removeprefix("mailto:")
        out[start:] = [before + (bare if text in (plain(href), plain(bare)) else link(text, href)) + after]


def _runs_together(last: str, first: str, apart: bool) -> bool:
    """Say whether two pieces would be read as one: code and code, or a name and a word."""
    return last == first == "`" or (apart and first.isalnum() and last != ")" and not last.isspace())


def _text(node: Node) -> str:
    text = node.get("text")
    if not isinstance(text, str):
        return str(text) if isinstance(text, int | float) and abs(text) < 10**15 else ""
    return text if text.isprintable() else readable(text)


def _marked(text: str, marks: Any) -> tuple[str, str]:
    """Return text under its marks, and where it leads."""
    kinds = {str(mark.get("type")): mark for mark in marks if isinstance(mark, NODE)} if isinstance(marks, list) else {}
    text = code_span(text) if "code" in kinds else plain(text)
    for kind, style in _STYLES.items():
        if kind in kinds:
            text = ON[style] + text + OFF[style]
    href = attributes(kinds["link"]).get("href") if "link" in kinds else ""
    return text, readable(href).strip() if isinstance(href, str) else ""


def said(node: Node) -> str:
    """Return as Markdown what a node says by itself, without its children."""
    attrs = attributes(node)
    kind = node.get("type")
    if kind == "mention":
        return plain("@" + _first(attrs, ("text", "displayName", "id")).lstrip("@"))
    if kind == "emoji":
        return plain(_first(attrs, ("text", "shortName", "id")))
    if kind == "date":
        return _day(attrs.get("timestamp"))
    if kind in ("inlineCard", "blockCard", "embedCard"):
        data = attrs.get("data")
        named = data if isinstance(data, NODE) else {}
        return link(plain(_first(named, ("name", "title"))), _first(attrs, ("url",)) or _first(named, ("url", "@id")))
    if kind in ("media", "mediaInline", "image"):
        return _medium(attrs)
    return plain(_text(node) or _first(attrs, ("text", "title", "label", "alt")))


def _medium(attrs: Mapping[str, Any]) -> str:
    url = _first(attrs, ("url",))
    name = _first(attrs, ("alt", *_NAMES)) or url.rpartition("/")[2] or _first(attrs, ("id",))
    return image(" ".join(name.split()).replace("[", "(").replace("]", ")"), url) if name.strip() else ""


def _first(attrs: Mapping[str, Any], names: Iterable[str]) -> str:
    """Return the first of the named values that is text."""
    for name in names:
        value = attrs.get(name)
        if isinstance(value, str) and value:
            return readable(value)
    return ""


def _day(timestamp: Any) -> str:
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, UTC).strftime("%Y-%m-%d")
    except (ValueError, TypeError, OverflowError, OSError):
        return readable(timestamp) if isinstance(timestamp, str) else ""
