"""Blocks, or plain wiki text → Atlassian Document Format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fake_jira.data.blocks import (
    Address,
    Block,
    Code,
    Heading,
    Listing,
    Mention,
    Mono,
    Panel,
    Paragraph,
    Quote,
    Span,
    Spans,
    Strong,
    Table,
)

Node = dict[str, Any]
_VERBATIM = re.compile(r"\{(code|noformat)(?::([^}]*))?\}(.*?)\{\1\}", re.DOTALL)


def write(blocks: Iterable[Block]) -> Node:
    return {"type": "doc", "version": 1, "content": [_block(block) for block in blocks]}


def plain(text: str) -> Node:
    """Wiki text kept whole: paragraphs, and code blocks for {code} and {noformat}; other markup stays as text."""
    content: list[Node] = []
    done = 0
    for found in _VERBATIM.finditer(text := text.replace("\r\n", "\n").replace("\r", "\n")):
        content += _paragraphs(text[done : found.start()])
        content.append(_code(_language(found[2]), found[3].strip("\n")))
        done = found.end()
    content += _paragraphs(text[done:])
    return {"type": "doc", "version": 1, "content": content}


def _language(parameters: str | None) -> str:
    return next((part for part in (parameters or "").split("|") if part and "=" not in part), "")


def _paragraphs(text: str) -> list[Node]:
    found = []
    for part in re.split(r"\n[ \t]*\n", text):
        if part.strip():
            lines: list[Node] = []
            for line in part.strip("\n").split("\n"):
                lines += [{"type": "hardBreak"}] if lines else []
                lines += [{"type": "text", "text": line}] if line else []
            found.append(_node("paragraph", lines))
    return found


def _block(block: Block) -> Node:
    match block:
        case Paragraph(spans):
            return _paragraph(spans)
        case Heading(text):
            return _node("heading", _inline((text,)), level=3)
        case Code(language, text):
            return _code(language, text)
        case Listing(ordered, items):
            kind = "orderedList" if ordered else "bulletList"
            return _node(kind, [_node("listItem", [_paragraph(item)]) for item in items])
        case Table(head, rows):
            cells = [_row("tableHeader", head), *(_row("tableCell", row) for row in rows)]
            return _node("table", cells, isNumberColumnEnabled=False, layout="default")
        case Quote(spans):
            return _node("blockquote", [_paragraph(spans)])
        case Panel(title, spans):
            return _node("panel", [_paragraph((Strong(title),)), _paragraph(spans)], panelType="info")


def _node(kind: str, content: list[Node], **attributes: Any) -> Node:
    return {"type": kind, **({"attrs": attributes} if attributes else {}), "content": content}


def _code(language: str, text: str) -> Node:
    content = [{"type": "text", "text": text}] if text else []
    return _node("codeBlock", content, **({"language": language} if language else {}))


def _row(kind: str, cells: Iterable[str]) -> Node:
    return _node("tableRow", [_node(kind, [_paragraph((cell,))]) for cell in cells])


def _paragraph(spans: Spans) -> Node:
    return _node("paragraph", _inline(spans))


def _inline(spans: Spans) -> list[Node]:
    return [{"type": "text", "text": span} if isinstance(span, str) else _span(span) for span in spans]


def _span(span: Span) -> Node:
    match span:
        case Address(text, url):
            return {"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": url}}]}
        case Mention(person):
            return {"type": "mention", "attrs": {"id": person.account, "text": f"@{person.title}"}}
        case Mono(text):
            return {"type": "text", "text": text, "marks": [{"type": "code"}]}
        case Strong(text):
            return {"type": "text", "text": text, "marks": [{"type": "strong"}]}
    return {"type": "text", "text": span}
