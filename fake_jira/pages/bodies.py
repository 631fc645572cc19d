"""Wiki markup, as the sandbox writes and keeps it → the HTML that Jira shows of it.

It reads back what `wiki` writes, and takes anything else for paragraphs: recordings are shown plainly, and escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fake_jira.data import html
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
from fake_jira.data.people import BOTS, PEOPLE, Person
from fake_jira.jql.words import plain

_PEOPLE = {person.name: person for person in (*PEOPLE, *BOTS)}
_FENCE = re.compile(r"\{(code|noformat|quote|panel)(?:\}|:([^{}\n]*)\})")
_LANGUAGE = re.compile(r"[\w#+-]+")
_HEADING = re.compile(r"h[1-6]\. (.*)")
_SPAN = re.compile(r"\{\{([^{}\n]+)\}\}|\[~([\w.@-]+)\]|\[([^\[\]|\n]*)\|([^\[\]|\n]+)\]|(?<!\w)\*([^*\n]+)\*(?!\w)")


def rendered(body: Any) -> str:
    """The HTML of a body, whatever it was kept as; a document of Cloud is shown as its words."""
    source = body if isinstance(body, str) else "\n".join(part for part in plain(body) if part)
    return "\n\n\n".join(map(_html, blocks(source)))


def _html(block: Block) -> str:
    """Only recordings have lines within a paragraph: Jira breaks them where the writer did."""
    found = html.write([block])
    return found.replace("\n", "<br/>\n") if isinstance(block, Paragraph) else found


def blocks(source: str) -> list[Block]:
    """The blocks that a text consists of."""
    return list(_blocks(source.replace("\r\n", "\n").split("\n")))


def _blocks(lines: list[str]) -> Iterator[Block]:
    at = 0
    # Where each kind of fence stands next is found from the end, so that unclosed ones cost no search.
    closing = _closing(lines)
    while at < len(lines):
        fence = _FENCE.fullmatch(lines[at])
        end = closing[at] if fence else None
        if fence and end is not None:
            yield _fenced(fence, lines[at + 1 : end])
            at = end + 1
            continue
        start = at
        while at < len(lines) and lines[at] and (at == start or not _FENCE.fullmatch(lines[at])):
            at += 1
        if at > start:
            yield _plain(lines[start:at])
        else:
            at += 1


def _closing(lines: list[str]) -> list[int | None]:
    """For each line the number of the line that closes a fence opened there; None where none does."""
    found: list[int | None] = [None] * len(lines)
    ends: dict[str, int] = {}
    for at in range(len(lines) - 1, -1, -1):
        fence = _FENCE.fullmatch(lines[at])
        if fence:
            found[at] = ends.get(fence[1])
            if fence[2] is None:
                ends[fence[1]] = at
    return found


def _fenced(fence: re.Match[str], lines: list[str]) -> Block:
    inside, more = "\n".join(lines), fence[2] or ""
    match fence[1]:
        case "code":
            language = more.partition("|")[0]
            return Code(language if _LANGUAGE.fullmatch(language) else "java", inside)
        case "noformat":
            return Code("", inside)
        case "quote":
            return Quote(_spans(inside))
    return Panel(more.removeprefix("title="), _spans(inside))


def _plain(lines: list[str]) -> Block:
    if len(lines) == 1 and (heading := _HEADING.fullmatch(lines[0])):
        return Heading(heading[1])
    for mark, ordered in (("# ", True), ("* ", False)):
        if all(line.startswith(mark) for line in lines):
            return Listing(ordered, tuple(_spans(line[2:]) for line in lines))
    if lines[0].startswith("||") and all(line.startswith("|") for line in lines):
        return Table(_cells(lines[0], "||"), tuple(_cells(line, "|") for line in lines[1:]))
    return Paragraph(_spans("\n".join(lines)))


def _cells(line: str, bar: str) -> tuple[str, ...]:
    return tuple(line.removeprefix(bar).removesuffix(bar).split(bar))


def _spans(line: str) -> Spans:
    found: list[Span] = []
    end = 0
    for special in _SPAN.finditer(line):
        if special.start() > end:
            found.append(line[end : special.start()])
        found.append(_span(special))
        end = special.end()
    if end < len(line):
        found.append(line[end:])
    return tuple(found)


def _span(special: re.Match[str]) -> Span:
    mono, login, shown, url, strong = special.groups()
    if mono:
        return Mono(mono)
    if login:
        return Mention(_PEOPLE.get(login) or Person(0, login, login))
    return Address(shown, url) if url else Strong(strong)
