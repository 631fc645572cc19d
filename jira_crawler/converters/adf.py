"""Atlassian Document Format: a tree of nodes, walked with a stack of our own because nesting has no limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from jira_crawler.converters.adf_inline import flat, inline, text_of
from jira_crawler.converters.adf_source import NODE, Node, attributes, children, salvage
from jira_crawler.converters.blocks import Page, fence, in_cell, prose, table
from jira_crawler.converters.characters import readable

_PANELS = {"info": "Info", "note": "Note", "warning": "Warning", "success": "Success", "error": "Error", "tip": "Tip"}
_CLOSE: Node = {"type": "-close-"}
_INLINE = frozenset(
    [
        "text",
        "hardBreak",
        "mention",
        "emoji",
        "date",
        "status",
        "inlineCard",
        "mediaInline",
        "placeholder",
        "inlineExtension",
    ]
)


def convert(source: str | bytes | Mapping[str, Any]) -> str:
    """Return an ADF document as Markdown; text that is no JSON, or nested too deep to parse, as its plain text."""
    if isinstance(source, NODE):
        return _render(source)
    try:
        document = msgspec.json.decode(source)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return salvage(readable(source))
    return (
        _render(document)
        if isinstance(document, dict | list)
        else readable(document if isinstance(document, str) else source)
    )


def _render(document: Mapping[str, Any] | list[Any]) -> str:
    page = Page()
    todo: list[Node] = []
    _push(todo, [document] if isinstance(document, NODE) else document)
    while todo:
        node = todo.pop()
        if node is _CLOSE:
            page.close()
            continue
        write = _WRITERS.get(node.get("type", ""))
        if write:
            write(node, page, todo)
        else:
            _unknown(node, page, todo)
    return readable(page.text()).strip("\n")


def _push(todo: list[Node], nodes: list[Any]) -> None:
    """Put nodes on the stack in reading order; stray inline neighbours become one paragraph."""
    grouped: list[Node] = []
    for node in nodes:
        if not isinstance(node, NODE):
            continue
        kind = node.get("type")
        if not isinstance(kind, str):
            kind, node = "", {**node, "type": ""}
        if kind in _INLINE:
            if not (grouped and grouped[-1].get("type") == "-loose-"):
                grouped.append({"type": "-loose-", "content": []})
            grouped[-1]["content"].append(node)
        else:
            grouped.append(node)
    todo.extend(reversed(grouped))


def _unknown(node: Node, page: Page, todo: list[Node]) -> None:
    """Keep what an unknown node says: its own text, then its children."""
    said = text_of(node)
    if said:
        page.block(prose(said))
    _push(todo, children(node))


def _paragraph(node: Node, page: Page, todo: list[Node]) -> None:
    text = inline(children(node)).strip()
    if text:
        page.block(prose(text))


def _heading(node: Node, page: Page, todo: list[Node]) -> None:
    text = inline(children(node)).strip().replace("\n", " ")
    level = attributes(node).get("level")
    if text:
        page.block("#" * (min(max(level, 1), 6) if isinstance(level, int) else 1) + " " + text)


def _code(node: Node, page: Page, todo: list[Node]) -> None:
    code = "".join(text_of(part) for part in children(node) if isinstance(part, NODE))
    language = attributes(node).get("language")
    page.block(fence(code, language if isinstance(language, str) else ""))


def _quote(node: Node, page: Page, todo: list[Node]) -> None:
    page.open("> ", "> ")
    todo.append(_CLOSE)
    _push(todo, children(node))


def _panel(node: Node, page: Page, todo: list[Node]) -> None:
    page.open("> ", "> ")
    title = _PANELS.get(str(attributes(node).get("panelType")))
    if title:
        page.block(f"**{title}**")
    todo.append(_CLOSE)
    _push(todo, children(node))


def _titled(node: Node, page: Page, todo: list[Node]) -> None:
    title = attributes(node).get("title")
    if isinstance(title, str) and title.strip():
        page.block(f"**{readable(title).strip()}**")
    _push(todo, children(node))


def _rule(node: Node, page: Page, todo: list[Node]) -> None:
    page.block("---")


def _list(node: Node, page: Page, todo: list[Node]) -> None:
    """Spread a list into its items, each knowing its mark; a list within an item leaves no blank line."""
    order = attributes(node).get("order")
    number = order if isinstance(order, int) and 0 <= order < 10**9 else 1
    nested = bool(node.get("-nested-"))
    items: list[Node] = []
    for item in children(node):
        if not isinstance(item, NODE):
            continue
        if item.get("type") in _LISTS:
            items.append({**item, "-nested-": True})
            continue
        if node["type"] == "orderedList":
            mark, number = f"{number}. ", number + 1
        else:
            mark = "- "
        items.append({"type": "-item-", "mark": mark, "tight": nested or bool(items), "item": item})
    todo.extend(reversed(items))


def _item(node: Node, page: Page, todo: list[Node]) -> None:
    item, mark = node.get("item"), node.get("mark")
    if not isinstance(item, NODE) or not isinstance(mark, str):
        _unknown(node, page, todo)
        return
    kind = item.get("type")
    indent = " " * len(mark)
    if kind in ("taskItem", "blockTaskItem"):
        mark += "[x] " if attributes(item).get("state") == "DONE" else "[ ] "
    page.open(mark, indent, tight=bool(node.get("tight")))
    todo.append(_CLOSE)
    inside = children(item) if kind in _ITEMS else [item]
    _push(todo, [{**part, "-nested-": True} if _is_list(part) else part for part in inside])


def _is_list(part: Any) -> bool:
    return isinstance(part, NODE) and part.get("type") in _LISTS


def _table(node: Node, page: Page, todo: list[Node]) -> None:
    rows: list[list[str]] = []
    headed = False
    for row in children(node):
        cells = [cell for cell in children(row) if isinstance(cell, NODE)]
        if cells and not rows:
            headed = all(cell.get("type") == "tableHeader" for cell in cells)
        if cells:
            rows.append([in_cell(flat(cell)) for cell in cells])
    if rows:
        page.block(table(rows, headed))


def _media(node: Node, page: Page, todo: list[Node]) -> None:
    shown = [flat(part) for part in children(node) if isinstance(part, NODE)] if "content" in node else [flat(node)]
    if any(shown):
        page.block("\n".join(filter(None, shown)))


def _card(node: Node, page: Page, todo: list[Node]) -> None:
    text = inline([node])
    if text:
        page.block(text)


_ITEMS = ("listItem", "taskItem", "blockTaskItem", "decisionItem")
# Tuples, because a malformed type may have no hash.
_LISTS = ("bulletList", "orderedList", "taskList", "decisionList")
_WRITERS: dict[str, Callable[[Node, Page, list[Node]], None]] = {
    "paragraph": _paragraph,
    "-loose-": _paragraph,
    "caption": _paragraph,
    "heading": _heading,
    "codeBlock": _code,
    "blockquote": _quote,
    "panel": _panel,
    "expand": _titled,
    "nestedExpand": _titled,
    "rule": _rule,
    "bulletList": _list,
    "orderedList": _list,
    "taskList": _list,
    "decisionList": _list,
    "-item-": _item,
    "table": _table,
    "mediaSingle": _media,
    "mediaGroup": _media,
    "media": _media,
    "blockCard": _card,
    "embedCard": _card,
}
