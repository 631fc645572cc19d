"""Gold: what an engine counted becomes rows with a mean and a median, in one order, whoever counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from jira_crawler.metrics.issue_to_merge import issue_to_merge
from jira_crawler.metrics.labels import labels
from jira_crawler.metrics.lines import lines
from jira_crawler.metrics.open_time import open_time
from jira_crawler.metrics.readings import ALL, LEVELS, METRICS
from jira_crawler.metrics.silver import Silver
from jira_crawler.metrics.summary import FIGURES, KEYS

if TYPE_CHECKING:
    import ibis.expr.types as ir

MADE: Final[dict[str, Callable[[Silver, int], ir.Table]]] = {
    "open_time": open_time,
    "issue_to_merge": issue_to_merge,
    "labels": labels,
    "lines": lines,
}
SCHEMA: Final = pa.schema(
    [
        ("as_of", pa.date32()),
        ("metric", pa.string()),
        ("reading", pa.string()),
        ("level", pa.string()),
        ("site", pa.string()),
        ("project", pa.string()),
        ("part", pa.string()),
        ("unit", pa.string()),
        ("n", pa.int64()),
        ("sum", pa.int64()),
        ("mean", pa.float64()),
        ("median", pa.float64()),
        ("unknown", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """The figures of a reading: of everything, of a project, or of a label or milestone of one (`level`).

    `part` is the label or the milestone, None for pull requests without a milestone. `n` values are known; `unknown`
    ones are not, and are in no other figure. Mean and median are None where nothing is known.
    """

    as_of: date
    metric: str
    reading: str
    level: str
    site: str | None
    project: str | None
    part: str | None
    unit: str
    n: int
    sum: int
    mean: float | None
    median: float | None
    unknown: int

    def values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in SCHEMA.names)


def question(metric: str, of: Silver, until: int) -> ir.Table:
    """Gives what is to be asked of an engine, in columns that all of them give alike."""
    return MADE[metric](of, until).select(*KEYS, *FIGURES)


def finished(metric: str, as_of: date, counted: Iterable[Sequence[Any]]) -> list[Gold]:
    """Makes rows of what an engine counted (KEYS, then FIGURES), and one for a reading of which there is nothing."""
    rows = [_gold(metric, as_of, dict(zip((*KEYS, *FIGURES), each, strict=True))) for each in counted]
    there = {(row.reading, row.level) for row in rows}
    nothing = dict.fromkeys((*KEYS, *FIGURES)) | {"level": ALL}
    for reading in METRICS[metric].readings:
        if reading.of_everything and (reading.name, ALL) not in there:
            rows.append(_gold(metric, as_of, nothing | {"reading": reading.name}))
    return sorted(rows, key=_order)


def _gold(metric: str, as_of: date, told: dict[str, Any]) -> Gold:
    figures = {name: None if told[name] is None else int(told[name]) for name in FIGURES}
    n, total, low, high = (figures[name] or 0 for name in ("n", "sum", "low", "high"))
    return Gold(
        as_of=as_of,
        metric=metric,
        **{name: told[name] for name in KEYS},
        unit=METRICS[metric].reading(told["reading"]).unit,
        n=n,
        sum=total,
        mean=total / n if n else None,
        median=(low + high) / 2 if figures["low"] is not None else None,
        unknown=figures["unknown"] or 0,
    )


def _order(row: Gold) -> tuple[Any, ...]:
    names = [reading.name for reading in METRICS[row.metric].readings]
    part = (row.part is None, row.part or "")
    return (names.index(row.reading), LEVELS.index(row.level), row.site or "", row.project or "", *part)
