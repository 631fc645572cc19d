"""Figures as a person reads them: a table for each metric, in days, percent and lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from rich.table import Table
from rich.text import Text

from jira_crawler.metrics.gold import Gold
from jira_crawler.metrics.readings import ALL, LABEL, METRICS, MILESTONE, OPEN_TIME, PROJECT, SECONDS
from jira_crawler.sentences import quoted

MOST: Final = (
    8  # labels or milestones of a project in a reading, those of which there are most; the rest is in the files
)
_DAY: Final = 86_400


def shown(rows: list[Gold]) -> Iterator[Table | str]:
    """Gives what is to be printed of each metric: a table, and how many rows it leaves out."""
    for metric, them in groupby(rows, key=lambda row: row.metric):
        of = list(them)
        only_one = len({row.project for row in of if row.project is not None}) == 1
        of = [row for row in of if not (only_one and row.level == PROJECT)]  # it would say everything twice
        chosen = [row for _, each in groupby(of, key=_part_of) for row in _most(list(each))]
        table = Table(title=METRICS[metric].question, title_justify="left")
        table.add_column("reading", overflow="fold", min_width=12)
        table.add_column("of", overflow="fold", min_width=12)
        for heading in ("n", "sum", "mean", "median", "unknown"):
            table.add_column(heading, justify="right", no_wrap=True)
        for row in chosen:
            table.add_row(*(Text(cell) for cell in _cells(row)))
        yield table
        if len(of) > len(chosen):
            yield f"… and {len(of) - len(chosen):,} rows more"


def notes(rows: list[Gold]) -> Iterator[str]:
    """Says why figures are of nothing, where that has a reason."""
    known = {row.reading: row.n + row.unknown for row in rows if row.level == ALL and row.metric == OPEN_TIME.name}
    if known.get("with_still_open") == 0:
        yield "There is no pull request in the tables: crawl a GitHub."
    elif known.get("landed") == 0 and known["closed"]:
        yield "Nobody has looked what landed: scrapy link does."


def _part_of(row: Gold) -> tuple[str, str, str | None, str | None]:
    return row.reading, row.level, row.site, row.project


def _most(rows: list[Gold]) -> list[Gold]:
    """Leaves the parts of a project that are in most of its pull requests, and those without a part."""
    if len(rows) <= MOST:
        return rows
    named = sorted(
        (row for row in rows if row.part is not None), key=lambda row: -(row.sum if row.level == LABEL else row.n)
    )
    kept = {row.part for row in named[:MOST]}
    return [row for row in rows if row.part is None or row.part in kept]


def _cells(row: Gold) -> tuple[str, ...]:
    figures = (_amount(row, row.sum), _amount(row, row.mean), _amount(row, row.median))
    if row.level == LABEL or row.reading == "without_label":
        figures = (f"{row.sum:,}", "–" if row.mean is None else f"{row.mean:.1%}", "–")
    return row.reading, _whose(row), f"{row.n:,}", *figures, f"{row.unknown:,}"


def _whose(row: Gold) -> str:
    if row.project is None:
        return "everything"
    part = f", {quoted(row.part)}" if row.part is not None else ", no milestone" if row.level == MILESTONE else ""
    return f"{quoted(row.project)}{part}"


def _amount(row: Gold, value: float | None) -> str:
    if value is None:
        return "–"
    if row.unit == SECONDS:
        return f"{value / _DAY:,.1f} d"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
