"""Blocks → the HTML that Jira renders of them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

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
    Spans,
    Strong,
    Table,
)

_EDGE = 'style="border-width: 1px;"'


def write(blocks: Iterable[Block]) -> str:
    return "\n\n\n".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Paragraph(spans):
            return f"<p>{_line(spans)}</p>"
        case Heading(text):
            return f'<h3><a name="{escape(text.replace(" ", ""))}"></a>{escape(text)}</h3>'
        case Code(language, text):
            return _code(language, escape(text, quote=False))
        case Listing(ordered, items):
            kind, opening = ("ol", "<ol>") if ordered else ("ul", '<ul class="alternate" type="square">')
            return "\n".join([opening, *(f"\t<li>{_line(item)}</li>" for item in items), f"</{kind}>"])
        case Table(head, rows):
            lines = [_row("th", "confluenceTh", head), *(_row("td", "confluenceTd", row) for row in rows)]
            table = f"<table class='confluenceTable'><tbody>\n{''.join(lines)}</tbody></table>"
            return f"<div class='table-wrap'>\n{table}\n</div>"
        case Quote(spans):
            return f"<blockquote>\n<p>{_line(spans)}</p></blockquote>"
        case Panel(title, spans):
            header = f'<div class="panelHeader" style="border-bottom-width: 1px;"><b>{escape(title)}</b></div>'
            content = f'<div class="panelContent">\n<p>{_line(spans)}</p>\n</div>'
            return f'<div class="panel" {_EDGE}>{header}{content}</div>'


def _code(language: str, text: str) -> str:
    name, of_language = ("code", f' class="code-{language}"') if language else ("preformatted", "")
    content = f'<div class="{name}Content panelContent">\n<pre{of_language}>{text}\n</pre>\n</div>'
    return f'<div class="{name} panel" {_EDGE}>{content}</div>'


def _row(kind: str, name: str, cells: Iterable[str]) -> str:
    return "<tr>\n" + "".join([f"<{kind} class='{name}'>{escape(cell)}</{kind}>\n" for cell in cells]) + "</tr>\n"


def _line(spans: Spans) -> str:
    return "".join([escape(span, quote=False) if isinstance(span, str) else _span(span) for span in spans])


def _span(span: Address | Mention | Mono | Strong) -> str:
    match span:
        case Address(text, url):
            rel = 'class="external-link" target="_blank" rel="nofollow noopener"'
            return f'<a href="{escape(url)}" {rel}>{escape(text)}</a>'
        case Mention(person):
            profile = f"/secure/ViewProfile.jspa?name={person.name}"
            return f'<a href="{profile}" class="user-hover" rel="{person.name}">{escape(person.title)}</a>'
        case Mono(text):
            return f"<tt>{escape(text, quote=False)}</tt>"
        case Strong(text):
            return f"<b>{escape(text)}</b>"
