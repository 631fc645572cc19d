"""The rows of a wiki table, gathered line by line."""

from __future__ import annotations

import re

from jira_crawler.converters.blocks import in_cell, table
from jira_crawler.converters.verbatim import Shelf
from jira_crawler.converters.wiki_inline import protect, style

_BAR = re.compile(r"(\|\|?)")
_MACRO = re.compile(r"\{(?:quote|panel)(?::[^{}\n]*+)?\}", re.IGNORECASE)


class WikiTable:
    """Takes rows while they come, gives the table they make."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._rows: list[list[str]] = []

    def __bool__(self) -> bool:
        return bool(self._rows)

    def wants(self, line: str, start: str) -> bool:
        """Say whether a line goes on with the table: another row, or more of a cell that is still open."""
        if not self._rows:
            return False
        return start == "|" or (start != "" and start not in "*#-{" and not self._rows[-1][-1].rstrip().endswith("|"))

    def add(self, line: str) -> None:
        """Take one line."""
        if line.lstrip().startswith("|"):
            self._rows.append([line])
        else:
            self._rows[-1].append(line)

    def take(self) -> str:
        """Return the table as Markdown and forget it."""
        rows = [self._cells("\n".join(lines)) for lines in self._rows]
        self._rows = []
        headed = all(is_head for is_head, _ in rows[0]) or not any(is_head for row in rows for is_head, _ in row)
        drawn = [
            [f"**{text}**" if is_head and text and not (headed and row is rows[0]) else text for is_head, text in row]
            for row in rows
        ]
        return table(drawn, headed)

    def _cells(self, row: str) -> list[tuple[bool, str]]:
        parts = _BAR.split(protect(_MACRO.sub(" ", row), self._shelf).strip())
        cells = [
            (bar == "||", self._shelf.restore_cell(in_cell(style(text))))
            for bar, text in zip(parts[1::2], parts[2::2], strict=True)
        ]
        if len(cells) > 1 and not cells[-1][1]:
            cells.pop()
        return cells
