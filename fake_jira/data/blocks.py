"""A text before it is markup: blocks and spans, which `wiki` and `adf` each write in their own way."""

from __future__ import annotations

from typing import NamedTuple

from fake_jira.data.people import Person


class Address(NamedTuple):
    text: str
    url: str


class Mention(NamedTuple):
    person: Person


class Mono(NamedTuple):
    text: str


class Strong(NamedTuple):
    text: str


Span = str | Address | Mention | Mono | Strong
Spans = tuple[Span, ...]


class Paragraph(NamedTuple):
    spans: Spans


class Heading(NamedTuple):
    text: str


class Code(NamedTuple):
    """`language` empty: output that is shown as it is."""

    language: str
    text: str


class Listing(NamedTuple):
    ordered: bool
    items: tuple[Spans, ...]


class Table(NamedTuple):
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Quote(NamedTuple):
    spans: Spans


class Panel(NamedTuple):
    title: str
    spans: Spans


Block = Paragraph | Heading | Code | Listing | Table | Quote | Panel
