"""The rows of a wiki table, gathered line by line."""

from __future__ import annotations

import re
from itertools import count

from jira_crawler.converters.blocks import in_cell, table
from jira_crawler.converters.verbatim import Shelf
from jira_crawler.converters.wiki_code import TITLE
from jira_crawler.converters.wiki_emphasis import style
from jira_crawler.converters.wiki_inline import protect

_BAR = re.compile(r"(\|\|?)")
_ITEM = re.compile(r"[ \t]*(?:[*#]{1,6}|-{1,6})[ \t]+(?=\S)")
_ITEMS = re.compile(r"(?m)^[ \t]*(?:(#{1,6})|[*-]{1,6})[ \t]+(?=\S)")
_BRACKETS = re.compile(r"\[[^\[\]\n]*+\]")
_MACRO = re.compile(r"\{(?:quote|panel)(?::[^{}\n]*+)?\}", re.IGNORECASE)


class WikiTable:
    """Takes rows while they come, gives the table they make."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._rows: list[list[str]] = []
        self._bars: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._rows)

    def wants(self, line: str, start: str) -> bool:
        """Say whether a line goes on with the table: another row, or more of a cell that is still open."""
        if not self._rows or start == "|":
            return bool(self._rows)
        above = self._rows[-1][-1].rstrip()
        if start in ("", "{"):
            return False
        if above.endswith("|"):  # closes the row, or opens its last cell where rows above have more of them
            return self._bars[-1] < self._bars[0] and bool(_ITEM.match(line))
        return start not in "*#-" or bool(_ITEM.match(line) and _ITEM.match(above.rpartition("|")[2]))

    def add(self, line: str) -> None:
        """Take one line."""
        if line.lstrip().startswith("|"):
            self._rows.append([line])
            self._bars.append(_bars(line))
        else:
            self._rows[-1].append(line)
            self._bars[-1] += _bars(line)

    def take(self) -> str:
        """Return the table as Markdown and forget it."""
        rows = [self._cells("\n".join(lines)) for lines in self._rows]
        self._rows, self._bars = [], []
        headed = all(is_head for is_head, _ in rows[0]) or not any(is_head for row in rows for is_head, _ in row)
        drawn = [
            [f"**{text}**" if is_head and text and not (headed and row is rows[0]) else text for is_head, text in row]
            for row in rows
        ]
        return table(drawn, headed)

    def _cells(self, row: str) -> list[tuple[bool, str]]:
        parts = _BAR.split(protect(_MACRO.sub(" ", row).replace(TITLE, " "), self._shelf).strip())
        cells = [
            (bar == "||", self._shelf.restore_cell(in_cell(style(_listed(text)))))
            for bar, text in zip(parts[1::2], parts[2::2], strict=True)
        ]
        if len(cells) > 1 and not cells[-1][1]:
            cells.pop()
        return cells


def _bars(line: str) -> int:
    return len(_BAR.findall(_BRACKETS.sub("x", line)))


def _listed(text: str) -> str:
    """No list can stand in a cell: its items become lines."""
    if "\n" not in text and text.lstrip()[:1] not in ("*", "#"):
        return text
    numbers = count(1)
    return _ITEMS.sub(lambda found: f"{next(numbers)}. " if found[1] else "- ", text)
