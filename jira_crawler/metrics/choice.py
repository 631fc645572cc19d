"""Which engines there are for metrics, and how one is opened."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.metrics.engine import Engine, Where

ENGINES: Final = ("duckdb", "postgres", "spark")
_PACKAGES: Final = {"duckdb": "duckdb", "postgres": "psycopg", "spark": "pyspark"}


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
