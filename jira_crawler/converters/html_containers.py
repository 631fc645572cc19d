"""What is open around a paragraph of HTML: lists, quotes, panels, tables, whether anything closes them or not."""

from __future__ import annotations

from dataclasses import dataclass, field

from jira_crawler.converters.html_line import Styles
from jira_crawler.converters.markdown_sheet import Sheet


@dataclass(slots=True)
class _List:
    """How the next item is marked, and whether one is open; items outside any list have one, too."""

    number: int | None = None
    opened: bool = False
    within: bool = False
    begun: bool = False


# An open element: its name, the styles from before it, whether it has a frame, what is open outside of a wall.
_Entry = tuple[str, Styles, bool, dict[str, int] | None]

# A closing tag within one of these reaches no element outside, but for the table's own: how many of each are in reach.
_WALLS = {"table": {"table": 1}, "td": {"table": 1, "tr": 1, "td": 1}}
# Items of their own stand in each of these.
_BREAKING = frozenset(["ul", "blockquote", "table", "td"])


@dataclass(slots=True)
class Containers:
    """Opens and closes on a sheet what the tags say."""

    sheet: Sheet = field(default_factory=Sheet)
    _stack: list[_Entry] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _lists: list[_List] = field(default_factory=lambda: [_List()])

    @property
    def in_item(self) -> bool:
        """Say whether the next block belongs to an item of a list."""
        return self._lists[-1].opened

    def has(self, name: str) -> bool:
        """Say whether such an element is open that a closing tag could reach."""
        return self._counts.get(name, 0) > 0

    def open(self, name: str, styles: Styles, frame: str = "") -> None:
        """Open an element; its frame, if any, leads each of its lines."""
        outside = None
        if name in _WALLS:
            outside, self._counts = self._counts, _WALLS[name].copy()
        else:
            self._counts[name] = self._counts.get(name, 0) + 1
        self._stack.append((name, styles, frame != "", outside))
        if name in _BREAKING:
            self._lists.append(_List(within=self._lists[-1].opened))
        if frame:
            self.sheet.open(frame, frame, tight=not frame.strip())

    def open_list(self, styles: Styles, number: int | None) -> None:
        """Open a list, its items numbered from `number` on if given; between items it is part of the one before."""
        around = self._lists[-1]
        between_items = around.begun and not around.opened
        self.open("ul", styles, (" " * (2 if around.number is None else 3)) if between_items else "")
        self._lists[-1].number = number
        self._lists[-1].within = around.opened or between_items

    def open_item(self, styles: Styles) -> None:
        """Open an item of the innermost list; the one before it ends."""
        current = self._lists[-1]
        mark = "- " if current.number is None else f"{current.number}. "
        current.number = None if current.number is None else current.number + 1
        self.sheet.open(mark, " " * len(mark), tight=current.begun or current.within)
        current.opened = current.begun = True
        self.open("li", styles)

    def open_cell(self, styles: Styles, heads: bool, across: int, down: int) -> None:
        """Open a cell of the innermost table, and a row if none is open."""
        if not self.has("tr"):
            self.open_row(styles)
        self.sheet.open_cell(heads, across, down)
        self.open("td", styles)

    def open_row(self, styles: Styles) -> None:
        """Open a row."""
        self.sheet.open_row()
        self.open("tr", styles)

    def open_table(self, styles: Styles) -> None:
        """Open a table."""
        self.sheet.open_table()
        self.open("table", styles)

    def close(self, name: str) -> Styles | None:
        """Close the innermost element of that name and all within it; return the styles from before it."""
        if not self._counts.get(name):
            return None
        while True:
            entry = self._stack.pop()
            self._leave(entry)
            if entry[0] == name:
                return entry[1]

    def close_all(self) -> None:
        """Close what is still open."""
        while self._stack:
            self._leave(self._stack.pop())

    def _leave(self, entry: _Entry) -> None:
        name, _, framed, outside = entry
        if outside is not None:
            self._counts = outside
        else:
            self._counts[name] -= 1
        if name in _BREAKING:
            self._lists.pop()
        if framed:
            self.sheet.close()
        elif name == "li":
            self._lists[-1].opened = False
            self.sheet.close()
        elif name in _ENDS:
            _ENDS[name](self.sheet)


_ENDS = {"td": Sheet.close_cell, "tr": Sheet.close_row, "table": Sheet.close_table}
