"""Tables of a card."""

from __future__ import annotations

from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown whose columns of numbers stand to the right; whole numbers get their commas."""
    rules = ["---:" if all(isinstance(cell, int) for cell in column) else "---" for column in zip(*rows, strict=True)]
    cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell).replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, rules, *cells])
