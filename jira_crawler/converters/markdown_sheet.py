"""A page with tables on it: what stands in a cell becomes lines, because a Markdown cell holds no blocks."""

from __future__ import annotations

from jira_crawler.converters.blocks import Page, code_in_cell, fence, in_cell, table

# Beyond this nobody drew a table, and merged cells would make a few bytes into a page.
_MOST = 64
_WIDEST = 256
MOST_COVERED = 20_000  # places in all the tables of a text


class Cell:
    """Collects blocks as lines; an item keeps its mark, a table within a cell a line for each of its rows."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._mark = ""

    def open(self, first: str) -> None:
        """Open a container: the mark of an item leads its first line, that of a quote is left out."""
        self._mark = "" if first.strip() == ">" else first

    def block(self, text: str) -> None:
        """Add one block of any number of lines."""
        if "\n" in text:
            text = "\n".join(filter(str.strip, text.split("\n")))
        self._add(in_cell(text))

    def code(self, code: str) -> None:
        """Add a block of code."""
        self._add(code_in_cell(code))

    def join(self, since: int) -> None:
        """Make one line of all that came since so many lines were there."""
        self._lines[since:] = [" \\| ".join(self._lines[since:])]

    def __len__(self) -> int:
        return len(self._lines)

    def text(self) -> str:
        """Return what stands between the pipes."""
        return "<br>".join(self._lines)

    def _add(self, line: str) -> None:
        if line:
            self._lines.append(self._mark + line)
            self._mark = ""


class Sheet:
    """Takes blocks and tables in reading order; a table that is within a cell adds to that cell."""

    def __init__(self) -> None:
        self._page = Page()
        self._grid = Grid()
        self._cell: Cell | None = None
        self._depth = 0
        self._row_began = 0
        self._shape = (False, 1, 1)

    @property
    def in_cell(self) -> bool:
        """Say whether blocks become lines of a cell."""
        return self._cell is not None

    def open(self, first: str, rest: str, tight: bool = False) -> None:
        """Open a container as on a page."""
        if self._cell is None:
            self._page.open(first, rest, tight)
        else:
            self._cell.open(first)

    def close(self) -> None:
        """Close the innermost container."""
        if self._cell is None:
            self._page.close()

    def block(self, text: str, tight: bool = False) -> None:
        """Add one block of any number of lines."""
        if self._cell is None:
            self._page.block(text, tight)
        else:
            self._cell.block(text)

    def code(self, code: str, language: str = "", tight: bool = False) -> None:
        """Add a block of code."""
        if self._cell is None:
            self._page.block(fence(code, language), tight)
        else:
            self._cell.code(code)

    def open_table(self) -> None:
        """Begin a table, or one more within a cell."""
        self._depth += 1
        if self._depth == 1:
            self._grid = Grid(self._grid.left)

    def open_row(self) -> None:
        """Begin a row."""
        if self._depth == 1:
            self._grid.open_row()
        elif self._depth == 2 and self._cell is not None:
            self._row_began = len(self._cell)

    def close_row(self) -> None:
        """End a row; that of a table within a cell becomes a line."""
        if self._depth == 2 and self._cell is not None and len(self._cell) > self._row_began + 1:
            self._cell.join(self._row_began)

    def open_cell(self, heads: bool, across: int = 1, down: int = 1) -> None:
        """Begin a cell, `across` columns wide and `down` rows high; `heads` is true for one that names its column."""
        if self._depth == 1:
            self._cell = Cell()
            self._shape = (heads, across, down)

    def close_cell(self) -> None:
        """End a cell."""
        if self._depth == 1 and self._cell is not None:
            self._grid.cell(self._cell.text(), *self._shape)
            self._cell = None

    def close_table(self) -> None:
        """End a table, and draw the outermost."""
        self._depth -= 1
        if self._depth == 0:
            drawn = self._grid.drawn()
            if drawn:
                self._page.block(drawn)

    def text(self) -> str:
        """Return the page as one text."""
        return self._page.text()


class Grid:
    """Takes rows and cells while they come, gives the table they make."""

    def __init__(self, left: int = MOST_COVERED) -> None:
        self.left = left  # how many places more may be covered
        self._rows: list[list[tuple[str, bool]]] = []
        self._above: dict[int, int] = {}
        self._below: dict[int, int] = {}

    def open_row(self) -> None:
        """Begin a row."""
        self._below.update({column: rows - 1 for column, rows in self._above.items() if rows > 1})
        self._above, self._below = self._below, {}
        self._rows.append([])

    def cell(self, text: str, heads: bool, across: int, down: int) -> None:
        """Add a cell; what it covers beyond its first place stays empty."""
        if not self._rows:
            self.open_row()
        row = self._rows[-1]
        if self._above:
            self._leave_out_covered(row)
        if across == down == 1:
            row.append((text, heads))
            return
        across, down = min(max(across, 1), _MOST), min(max(down, 1), _MOST)
        if len(row) > _WIDEST or across * down > self.left:
            across = down = 1
        self.left -= across * down - 1
        for place in range(across):
            if down > 1:
                self._below[len(row)] = down - 1
            row.append(("" if place else text, heads))

    def drawn(self) -> str:
        """Return the table; without a row of heads its first row is the head, as wiki markup has it."""
        rows = [row for row in self._rows if row]
        if not any(text for row in rows for text, _ in row):
            return ""
        headed = all(heads for _, heads in rows[0]) or not any(heads for row in rows for _, heads in row)
        plain = rows[0] if headed else None
        drawn = [[_bold(text) if heads and row is not plain else text for text, heads in row] for row in rows]
        return table(drawn, headed)

    def _leave_out_covered(self, row: list[tuple[str, bool]]) -> None:
        while (rows := self._above.pop(len(row), 0)) > 0:
            if rows > 1:
                self._below[len(row)] = rows - 1
            row.append(("", False))


def _bold(text: str) -> str:
    return f"**{text}**" if text and "**" not in text else text
