"""Jira's wiki markup, line by line: headings, lists, tables, quotes and panels."""

from __future__ import annotations

import re

from jira_crawler.converters.blocks import Page
from jira_crawler.converters.characters import readable
from jira_crawler.converters.verbatim import BLOCK_MARK, BLOCK_START, Shelf
from jira_crawler.converters.wiki_code import TITLE, shelve_code
from jira_crawler.converters.wiki_html import shelve_html
from jira_crawler.converters.wiki_inline import drop_marks, inline
from jira_crawler.converters.wiki_table import WikiTable

_MACRO = re.compile(
    r"\{(?P<name>quote|panel)(?::(?P<options>[^{}\n]*+))?\}"
    r"|^[ \t]*\{(?P<alone>info|note|tip|warning|expand|section|column|toc)(?::(?P<more>[^{}\n]*+))?\}[ \t]*$",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"[ \t]*(?:h(?P<level>[1-6])\.[ \t]*(?P<title>.*)"
    r"|(?P<bq>bq)\.[ \t]*(?P<said>.*)"
    r"|(?P<rule>-{3,})[ \t]*$"
    r"|(?P<marks>[*#-]+)[ \t]+(?P<item>.*)"
    r"|(?P<empty>[*#]{1,6})[ \t]*$"
    r"|(?P<row>\|.*))"
)
_TITLE = re.compile(r"(?:^|\|)[ ]*title=([^|]*)|^([^|=]+)(?=$|\|)", re.IGNORECASE)
_MAY_START = frozenset("hb*#-|")


def convert(source: str | bytes) -> str:
    """Return wiki markup as Markdown."""
    shelf = Shelf()
    text = drop_marks(shelve_html(shelve_code(readable(source), shelf), shelf))
    return shelf.restore(_Reader(text, shelf).read()).strip("\n")


class _Reader:
    """Reads line after line onto a page; frames are the quotes and panels open, each with its own open lists."""

    def __init__(self, text: str, shelf: Shelf) -> None:
        self._lines = text.split("\n")
        self._shelf = shelf
        self._page = Page()
        self._paragraph: list[str] = []
        self._table = WikiTable(shelf)
        self._frames: list[str] = []
        self._counts: dict[str, int] = {}
        self._saved: list[list[tuple[str, int]]] = []
        self._items: list[tuple[str, int]] = []
        self._left = {name: text.lower().count("{" + name) for name in ("quote", "panel")} if "{" in text else {}

    def read(self) -> str:
        for line in self._lines:
            start = line.lstrip()[:1]
            if self._table:
                if self._table.wants(line, start):
                    self._table.add(line)
                    continue
                self._end_table()
            if "{" in line and start != "|":
                self._read_with_macros(line)
            elif BLOCK_START in line and start != "|":
                self._read_with_code(line)
            else:
                self._read_line(line, start)
        self._flush()
        return self._page.text()

    def _read_with_macros(self, line: str) -> None:
        done = 0
        for found in _MACRO.finditer(line):
            if line[done : found.start()].strip():
                self._read_with_code(line[done : found.start()])
            self._turn(found)
            done = found.end()
        if not done or line[done:].strip():
            self._read_with_code(line[done:])

    def _read_with_code(self, line: str) -> None:
        for piece in BLOCK_MARK.split(line):
            if piece.startswith(BLOCK_START):
                self._flush_text()
                self._page.block(piece, tight=bool(self._items))
            elif TITLE in piece:
                before, title, _ = piece.split(TITLE)
                self._read_with_code(before)
                self._flush_text()
                self._page.block(title)
            elif piece.strip() or not line.strip():
                self._read_line(piece, piece.lstrip()[:1])

    def _read_line(self, line: str, start: str) -> None:
        found = _LINE.match(line) if start in _MAY_START else None
        if not start:
            self._end_lists()
        elif not found:
            self._paragraph.append(line.rstrip())
        elif found["level"]:
            self._end_lists()
            if found["title"].strip():
                title = inline(found["title"].strip(), self._shelf).replace("\n", " ")
                self._page.block("#" * int(found["level"]) + " " + title)
        elif found["bq"]:
            self._end_lists()
            self._page.open("> ", "> ")
            self._page.block(inline(found["said"].strip(), self._shelf))
            self._page.close()
        elif found["marks"]:
            self._item(found["marks"], found["item"], line)
        elif found["rule"]:
            self._end_lists()
            self._page.block("---")
        elif found["empty"]:
            if not self._items:
                self._paragraph.append(line.rstrip())
        else:
            self._end_lists()
            self._table.add(line)

    def _item(self, marks: str, text: str, line: str) -> None:
        if marks.strip("-") == "" and len(marks) > 1 and not self._items:
            self._paragraph.append(line.rstrip())
            return
        self._flush_text()
        nested = bool(self._items)
        level = min(len(marks), len(self._items) + 1)
        number = 0
        while len(self._items) >= level:
            kind, count = self._items.pop()
            self._page.close()
            if len(self._items) == level - 1 and kind == marks[-1]:
                number = count
        self._items.append((marks[-1], number + 1))
        mark = f"{number + 1}. " if marks[-1] == "#" else "- "
        self._page.open(mark, " " * len(mark), tight=nested)
        self._paragraph.append(text.rstrip())

    def _turn(self, found: re.Match[str]) -> None:
        """Open or close what a macro names; a sole opener that nothing closes is dropped."""
        self._flush_text()
        name = (found["name"] or found["alone"]).lower()
        if found["alone"]:
            self._titled(found["more"])
            return
        self._left[name] -= 1
        open_already = self._counts.get(name, 0)
        if open_already and (found["options"] is None):
            self._close_frame(name)
        elif self._left[name]:
            self._frames.append(name)
            self._counts[name] = open_already + 1
            self._saved.append(self._items)
            self._items = []
            self._page.open("> ", "> ")
            self._titled(found["options"])
        else:
            self._titled(found["options"])

    def _titled(self, options: str | None) -> None:
        found = _TITLE.search(options or "")
        title = inline((found[1] or found[2] or "").strip(), self._shelf).replace("**", "") if found else ""
        if title:
            self._page.block(f"**{title}**")

    def _close_frame(self, name: str) -> None:
        closed = ""
        while closed != name:
            self._end_lists()
            closed = self._frames.pop()
            self._counts[closed] -= 1
            self._page.close()
            self._items = self._saved.pop()

    def _flush_text(self) -> None:
        if self._paragraph:
            lines = self._paragraph
            lines[0] = lines[0].lstrip()
            self._paragraph = []
            if any(lines):
                self._page.block(inline("\n".join(lines), self._shelf).rstrip("\n"))

    def _end_lists(self) -> None:
        self._flush_text()
        for _ in self._items:
            self._page.close()
        self._items = []

    def _end_table(self) -> None:
        if self._table:
            self._page.block(self._table.take())

    def _flush(self) -> None:
        self._end_table()
        self._end_lists()
        while self._frames:
            self._close_frame(self._frames[-1])
