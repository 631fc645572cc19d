"""Atlassian Document Format: a tree of nodes, decoded or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from jira_crawler.converters.adf_inline import inline, said
from jira_crawler.converters.adf_source import NODE, Node, attributes, children, salvage
from jira_crawler.converters.characters import readable
from jira_crawler.converters.markdown_escape import line_starts
from jira_crawler.converters.markdown_sheet import Sheet

_PANELS = {"info": "Info", "note": "Note", "warning": "Warning", "success": "Success", "error": "Error", "tip": "Tip"}
_ITEMS = ("listItem", "taskItem", "blockTaskItem", "decisionItem")
_LISTS = ("bulletList", "orderedList", "taskList", "decisionList")
_INLINE = frozenset(
    [
        *("text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "mediaInline"),
        *("placeholder", "inlineExtension"),
    ]
)


def convert(source: str | bytes | Mapping[str, Any]) -> str:
    """Return an ADF document as Markdown; text that is no JSON, or nested too deep to parse, as its plain text."""
    if isinstance(source, NODE):
        return Converter().read([source])
    try:
        document = msgspec.json.decode(source)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return salvage(readable(source))
    if isinstance(document, dict | list):
        return Converter().read(document if isinstance(document, list) else [document])
    return readable(document if isinstance(document, str) else source)


class Converter:
    """Reads one document; on the stack is what to do, and with what, once what stands above it is done."""

    def __init__(self) -> None:
        self._sheet = Sheet()
        self._todo: list[_Step] = []
        self._in_item = [False]

    def read(self, nodes: list[Any]) -> str:
        """Return the document as Markdown."""
        self._push(nodes)
        todo = self._todo
        while todo:
            write, given = todo.pop()
            write(self, given)
        return self._sheet.text().strip("\n")

    def _push(self, nodes: list[Any]) -> None:
        """Put nodes on the stack, the first of them on top; stray inline neighbours become one paragraph."""
        ordered: list[_Step] = []
        loose: list[Node] | None = None
        for node in nodes:
            if not isinstance(node, NODE):
                continue
            kind = node.get("type")
            if not isinstance(kind, str):
                kind, node = "", {**node, "type": ""}
            if kind in _INLINE:
                if loose is None:
                    loose = []
                    ordered.append((Converter._paragraph, {"type": "paragraph", "content": loose}))
                loose.append(node)
                continue
            loose = None
            ordered.append((_WRITERS.get(kind, Converter._unknown), node))
        ordered.reverse()
        self._todo += ordered

    def _fill(self, nodes: list[Any], close: Callable[[Converter, None], None]) -> None:
        """Write what stands in a container, and close it; a lone paragraph, as in most items and cells, at once."""
        if len(nodes) == 1 and isinstance(nodes[0], dict) and nodes[0].get("type") == "paragraph":
            self._paragraph(nodes[0])
            close(self, None)
        else:
            self._todo.append((close, None))
            self._push(nodes)

    def _write(self, text: str) -> None:
        if text:
            self._sheet.block(line_starts(text))

    def _unknown(self, node: Node) -> None:
        """Keep what an unknown node says: its own text, then its children."""
        self._write(inline([{**node, "content": None}]))
        self._push(children(node))

    def _group(self, node: Node) -> None:
        self._push(children(node))

    def _paragraph(self, node: Node) -> None:
        inside = node.get("content")
        text = inline(inside) if isinstance(inside, list) else ""
        if text:
            self._sheet.block(line_starts(text))

    def _heading(self, node: Node) -> None:
        text = inline(children(node)).replace("\n", " ")
        level = attributes(node).get("level")
        if text and not self._sheet.in_cell:
            text = "#" * (min(max(level, 1), 6) if isinstance(level, int) else 1) + " " + text
        if text:
            self._sheet.block(text)

    def _code(self, node: Node) -> None:
        parts = (part.get("text") for part in children(node) if isinstance(part, NODE))
        language = attributes(node).get("language")
        code = readable("".join([part for part in parts if isinstance(part, str)]))
        self._sheet.code(code, language if isinstance(language, str) else "", tight=self._in_item[-1])

    def _open(self, first: str, rest: str, in_item: bool, tight: bool = False) -> None:
        self._sheet.open(first, rest, tight)
        self._in_item.append(in_item)

    def _close(self, _: None) -> None:
        self._in_item.pop()
        self._sheet.close()

    def _quote(self, node: Node) -> None:
        self._open("> ", "> ", in_item=False)
        self._fill(children(node), Converter._close)

    def _panel(self, node: Node) -> None:
        self._open("> ", "> ", in_item=False)
        title = _PANELS.get(str(attributes(node).get("panelType")))
        if title:
            self._sheet.block(f"**{title}**")
        self._fill(children(node), Converter._close)

    def _titled(self, node: Node) -> None:
        title = attributes(node).get("title")
        if isinstance(title, str):
            bold = {"type": "text", "text": title, "marks": [{"type": "strong"}]}
            self._write(inline([bold]))
        self._push(children(node))

    def _rule(self, _: Node) -> None:
        if not self._sheet.in_cell:
            self._sheet.block("---")

    def _list(self, node: Node) -> None:
        """Spread a list into its items, each knowing its mark; a list within an item leaves no blank line."""
        order = attributes(node).get("order")
        number = order if isinstance(order, int) and 0 <= order < 10**9 else 1
        numbered = node["type"] == "orderedList"
        items: list[_Step] = []
        tight = self._in_item[-1]
        for item in children(node):
            if not isinstance(item, NODE):
                continue
            if item.get("type") in _LISTS and items:
                items.append((Converter._nested, item))
                continue
            mark = f"{number}. " if numbered else "- "
            number += 1
            items.append((Converter._item, (item, mark, tight or bool(items))))
        items.reverse()
        self._todo += items

    def _nested(self, node: Node) -> None:
        """Write a list that stands between items as part of the item before it."""
        self._open("  ", "  ", in_item=True, tight=True)
        self._todo.append((Converter._close, None))
        self._list(node)

    def _item(self, given: tuple[Node, str, bool]) -> None:
        item, mark, tight = given
        kind = item.get("type")
        rest = " " * len(mark)
        if kind in ("taskItem", "blockTaskItem"):
            mark += "[x] " if attributes(item).get("state") == "DONE" else "[ ] "
        self._open(mark, rest, in_item=True, tight=tight)
        self._fill(children(item) if kind in _ITEMS else [item], Converter._close)

    def _table(self, node: Node) -> None:
        self._sheet.open_table()
        steps: list[_Step] = []
        for row in children(node):
            cells = [cell for cell in children(row) if isinstance(cell, NODE)] if isinstance(row, NODE) else []
            if cells:
                steps += [
                    (Converter._open_row, None),
                    *[(Converter._cell, cell) for cell in cells],
                    (Converter._close_row, None),
                ]
        steps.append((Converter._close_table, None))
        steps.reverse()
        self._todo += steps

    def _open_row(self, _: None) -> None:
        self._sheet.open_row()

    def _close_row(self, _: None) -> None:
        self._sheet.close_row()

    def _close_table(self, _: None) -> None:
        self._sheet.close_table()

    def _cell(self, cell: Node) -> None:
        attrs, kind = attributes(cell), cell.get("type")
        across, down = (_size(attrs.get("colspan")), _size(attrs.get("rowspan"))) if attrs else (1, 1)
        self._sheet.open_cell(kind == "tableHeader", across, down)
        self._in_item.append(False)
        self._fill(children(cell) if kind in ("tableHeader", "tableCell") else [cell], Converter._close_cell)

    def _close_cell(self, _: None) -> None:
        self._in_item.pop()
        self._sheet.close_cell()

    def _media(self, node: Node) -> None:
        """Write pictures, one a line, and what else stands with them."""
        parts = [part for part in children(node) if isinstance(part, NODE)] or [node]
        shown = [said(part) for part in parts if part.get("type") == "media"]
        if any(shown):
            self._sheet.block("\n".join(filter(None, shown)))
        self._push([part for part in parts if part.get("type") != "media" and part is not node])

    def _card(self, node: Node) -> None:
        self._write(inline([node]))


def _size(given: Any) -> int:
    return given if isinstance(given, int) else 1


_Step = tuple[Callable[[Converter, Any], None], Any]
_WRITERS: dict[str, Callable[[Converter, Node], None]] = {
    **dict.fromkeys(("doc", "layoutSection", "layoutColumn"), Converter._group),
    "paragraph": Converter._paragraph,
    "caption": Converter._paragraph,
    "heading": Converter._heading,
    "codeBlock": Converter._code,
    "blockquote": Converter._quote,
    "panel": Converter._panel,
    "expand": Converter._titled,
    "nestedExpand": Converter._titled,
    "rule": Converter._rule,
    **dict.fromkeys(_LISTS, Converter._list),
    "table": Converter._table,
    **dict.fromkeys(("mediaSingle", "mediaGroup", "media"), Converter._media),
    **dict.fromkeys(("blockCard", "embedCard"), Converter._card),
}
