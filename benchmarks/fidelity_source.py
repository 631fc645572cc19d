"""What a reader may expect of a body: its code and its words, read plainly out of the source.

Nothing here knows the converters. Each markup is stripped by rules of its own, so that a mistake in a converter is
not repeated in what judges it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from benchmarks.fidelity_wiki import Stripped, strip
from jira_crawler.items import Body

_TERMINAL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_WORD = re.compile(r"[^\W_]+")
_APART = frozenset({"p", "div", "br", "hr", "pre", "center", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "img"})
_APART |= {"table", "thead", "tbody", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6"}


@dataclass(slots=True)
class Expected:
    """`blocks` are fenced code, `spans` code in a line, `literal` the text in which marks are only characters."""

    blocks: list[str] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)
    literal: str = ""


def words(text: str) -> Counter[str]:
    """Counts the words of a text; whatever is neither letter nor digit parts them."""
    return Counter(_WORD.findall(text))


def printable(text: str) -> str:
    """One kind of line end, no colours of a terminal, and none of the characters that no text file should hold."""
    text = _TERMINAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    bad = [c for c in set(text) if c not in "\t\n" and unicodedata.category(c) in ("Cc", "Cs")]
    bad += [c for c in set(text) if "\ufdd0" <= c <= "\ufdef" or c in "\ufffe\uffff"]
    return text.translate(dict.fromkeys(map(ord, bad))) if bad else text


def expected(body: Body) -> Expected:
    """Reads a body of any format."""
    if body.format == "adf":
        return _document(json.loads(body.source))
    text = printable(body.source)
    if body.format == "html":
        return _page(text)
    stripped: Stripped = strip(text) if body.format == "wiki" else Stripped([], [], text, text)
    found = Expected(stripped.blocks, stripped.spans, words(stripped.text), stripped.literal)
    for document in stripped.documents:
        found.words += _document(json.loads(document)).words
    return found


# --- HTML


class _Page(HTMLParser):
    """Gathers the text between tags; `pre` is a block of code, `tt` and `code` are spans."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Expected()
        self.text: list[str] = []
        self._pre = self._span = self._from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _APART:
            self.text.append("\n")
        if tag == "pre":
            self._from, self._pre = (self._from, self._pre + 1) if self._pre else (len(self.text), 1)
        elif tag in ("tt", "code") and not self._pre:
            self._from, self._span = (self._from, self._span + 1) if self._span else (len(self.text), 1)

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre" and self._pre:
            self._pre -= 1
            if not self._pre:
                self.found.blocks.append("".join(self.text[self._from :]))
        elif tag in ("tt", "code") and self._span and not self._pre:
            self._span -= 1
            if not self._span:
                self.found.spans.append("".join(self.text[self._from :]))
        if tag in _APART:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _page(html: str) -> Expected:
    page = _Page()
    page.feed(html)
    page.close()
    page.found.literal = "".join(page.text)
    page.found.words = words(page.found.literal)
    return page.found


# --- ADF


def _document(root: Any) -> Expected:
    """Gathers the text nodes of a document in their order; a node that is no text parts the words around it."""
    found, text = Expected(), []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        if node.get("type") == "codeBlock":
            found.blocks.append("".join(str(each.get("text", "")) for each in node.get("content") or []))
        said, attrs = node.get("text"), node.get("attrs") or {}
        if isinstance(said, str):
            text.append(printable(said))
            if any(mark.get("type") == "code" for mark in node.get("marks") or []):
                found.spans.append(printable(said))
        else:
            text.append("\n")
            if node.get("type") in ("mention", "status"):
                text.append(str(attrs.get("text", "")))
        waiting += reversed(node.get("content") or [])
    found.blocks = [printable(block) for block in found.blocks]
    found.literal = "".join(text)
    found.words = words(found.literal)
    return found
