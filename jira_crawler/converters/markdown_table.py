"""The cells of a table, merged ones spread over the columns and rows that they cover."""

from __future__ import annotations

from jira_crawler.converters.blocks import table

# Beyond this nobody drew a table, and merged cells would make a few bytes into a page.
_MOST = 64
_WIDEST = 256
MOST_COVERED = 20_000  # places in all the tables of a text


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
