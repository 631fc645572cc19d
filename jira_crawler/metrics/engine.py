"""What an engine does for metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from jira_crawler.metrics.gold import Gold


class Engine(Protocol):
    """Holds the tables, under their names, while it is open."""

    def ask(self, question: Any) -> list[tuple[Any, ...]]:
        """Gives the rows of a table of Ibis; raises Refused, with one sentence, if that cannot be done."""
        ...

    def keep(self, rows: list[Gold]) -> None:
        """Keeps figures beside the tables, in place of those of the same day and metric; does nothing where nothing is
        kept.
        """
        ...


@dataclass(frozen=True, slots=True)
class Where:
    """Where the tables are, and where the engines are that are not here; empty: nowhere.

    `tables` is a folder, or for Spark also a URL at which it finds them.
    """

    tables: str
    postgres: str = ""
    spark: str = ""
