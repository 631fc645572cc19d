"""An engine is asked for metrics, and what it says is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from jira_crawler.exceptions import BadArgument
from jira_crawler.metrics.choice import opened
from jira_crawler.metrics.engine import Engine, Where
from jira_crawler.metrics.gold import Gold, finished, question
from jira_crawler.metrics.silver import Silver, silver
from jira_crawler.metrics.write import write


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of a day, and the files that they are in."""

    as_of: date
    rows: list[Gold]
    files: list[Path]


def run(engine: str, where: Where, output: Path, metrics: Sequence[str], as_of: date | None = None) -> Result:
    """Computes metrics and writes them to `output/metrics`.

    The figures are those at the end of a day in UTC: of the one on which the tables were fetched last, where none is
    given. Raises Refused, with one sentence, if that cannot be done; nothing is written then.
    """
    with opened(engine, where) as asked:
        day, rows = compute(asked, metrics, as_of)
        asked.keep(rows)
    return Result(day, rows, write(output / "metrics", day, rows))


def compute(engine: Engine, metrics: Sequence[str], as_of: date | None = None) -> tuple[date, list[Gold]]:
    """Asks an open engine; gives the day, and the rows of each metric in order."""
    of = silver()
    day = _day(engine, of, as_of)
    until = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + 86_400
    rows = [row for metric in metrics for row in finished(metric, day, engine.ask(question(metric, of, until)))]
    return day, rows


def _day(engine: Engine, of: Silver, as_of: date | None) -> date:
    [(last,)] = engine.ask(of.issues.aggregate(last=of.issues.fetched_at.max()))
    if last is None:
        raise BadArgument("The tables hold no issue and no pull request that was fetched: crawl first.")
    fetched = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(last))).date()
    if as_of is not None and as_of > fetched:
        raise BadArgument(
            f"What was so at the end of {as_of} is in no table: they were fetched on {fetched} last, in UTC."
        )
    return as_of or fetched
