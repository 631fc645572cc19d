"""Made-up rows, and what DuckDB says of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis

from jira_crawler.metrics.duck import duck
from jira_crawler.metrics.gold import finished, question
from jira_crawler.metrics.readings import METRICS
from jira_crawler.metrics.silver import silver
from tests.github_tables import Made
from tests.unit.metrics.held import by_key
from tests.unit.metrics.plain import Figures, Key

DAY = date(2026, 3, 31)


def end_of(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + 86_400


@cache
def _sql(metric: str, day: date) -> str:
    return str(ibis.to_sql(question(metric, silver(), end_of(day)), dialect="duckdb"))


def asked(made: Made, day: date = DAY, metrics: Sequence[str] = tuple(METRICS)) -> dict[str, dict[Key, Figures]]:
    """The figures of some metrics at the end of a day; each question is translated once."""
    with TemporaryDirectory() as name, duck(made.write(Path(name))) as engine:
        return by_key(row for metric in metrics for row in finished(metric, day, engine.sql(_sql(metric, day))))


def everything(found: dict[str, dict[Key, Figures]], metric: str, reading: str) -> Figures | None:
    """The figures of everything in a reading; None where there is nothing."""
    return found[metric].get((reading, "all", None, None, None))
