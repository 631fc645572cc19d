"""Blocks → Jira's wiki markup, with the line ends that Jira stores."""

from __future__ import annotations

from collections.abc import Iterable

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


def write(blocks: Iterable[Block]) -> str:
    return "\n\n".join(map(_block, blocks)).replace("\n", "\r\n")


def _block(block: Block) -> str:
    match block:
        case Paragraph(spans):
            return _line(spans)
        case Heading(text):
            return f"h3. {text}"
        case Code("", text):
            return f"{{noformat}}\n{text}\n{{noformat}}"
        case Code(language, text):
            return f"{{code:{language}}}\n{text}\n{{code}}"
        case Listing(ordered, items):
            return "\n".join(f"{'#' if ordered else '*'} {_line(item)}" for item in items)
        case Table(head, rows):
            return "\n".join([f"||{'||'.join(head)}||", *(f"|{'|'.join(row)}|" for row in rows)])
        case Quote(spans):
            return f"{{quote}}\n{_line(spans)}\n{{quote}}"
        case Panel(title, spans):
            return f"{{panel:title={title}}}\n{_line(spans)}\n{{panel}}"


def _line(spans: Spans) -> str:
    return "".join([span if isinstance(span, str) else _span(span) for span in spans])


def _span(span: Address | Mention | Mono | Strong) -> str:
    match span:
        case Address(text, url):
            return f"[{text}|{url}]"
        case Mention(person):
            return f"[~{person.name}]"
        case Mono(text):
            return f"{{{{{text}}}}}"
        case Strong(text):
            return f"*{text}*"
