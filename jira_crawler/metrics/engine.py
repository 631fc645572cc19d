"""What an engine does for metrics, and how one is chosen."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from jira_crawler.exceptions import BadArgument

if TYPE_CHECKING:
    from jira_crawler.metrics.gold import Gold

ENGINES: Final = ("duckdb", "postgres", "spark")
_PACKAGES: Final = {"duckdb": "duckdb", "postgres": "psycopg", "spark": "pyspark"}


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


def require(name: str) -> None:
    """Raises BadArgument, in one sentence, for an engine that there is not, or whose packages are not installed."""
    if name not in ENGINES:
        raise BadArgument(f"There is no engine {name!r}: {', '.join(ENGINES)}.")
    for package in ("ibis", "duckdb", _PACKAGES[name]):
        if find_spec(package) is None:
            raise BadArgument(f"Metrics need the package {package}: pip install 'jira-crawler[metrics]'.")


def opened(name: str, where: Where) -> AbstractContextManager[Engine]:
    """Opens an engine over tables; raises BadArgument, in one sentence, where it cannot be."""
    require(name)
    if "://" in where.tables and name != "spark":
        raise BadArgument(f"--tables is a folder for the engine {name}; only spark takes a URL.")
    if name == "spark":
        from jira_crawler.metrics.spark import spark

        return spark(where)
    if name == "postgres":
        from jira_crawler.metrics.postgres import postgres

        return postgres(where)
    from jira_crawler.metrics.duck import duck

    return duck(Path(where.tables))
