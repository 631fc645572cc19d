"""Values become figures: how many, their sum, the two in the middle, and how many nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jira_crawler.metrics.readings import ALL, PROJECT
from jira_crawler.metrics.silver import as_number

if TYPE_CHECKING:
    import ibis.expr.types as ir

KEYS: Final = ("reading", "level", "site", "project", "part")
FIGURES: Final = ("n", "sum", "low", "high", "unknown")


@dataclass(frozen=True, slots=True)
class Value:
    """What a row is worth in a reading: a whole number, null where nobody knows it, if the row counts in it at all."""

    counts: Any
    value: Any


def summary(table: ir.Table, readings: Mapping[str, Value], part: str = "", level: str = "") -> ir.Table:
    """Gives KEYS and FIGURES of readings of a table with `site` and `project`, and of a column that parts a project.

    `low` and `high` are the values in the middle, the same for an odd n. Their mean is the median; it is not asked of
    the engines, which have medians of their own kinds.
    """
    import ibis

    table = _by_level(_by_reading(table, readings, part), part, level)
    together = {"group_by": list(KEYS)}
    order = ibis.row_number().over(ibis.window(order_by=table.value.asc(), **together))
    ranked = table.mutate(place=order, known=table.value.count().over(ibis.window(**together)))
    return ranked.group_by(list(KEYS)).agg(
        n=ranked.value.count(),
        sum=ranked.value.sum(),
        low=ranked.value.max(where=ranked.place == (ranked.known - 1) // 2),
        high=ranked.value.max(where=ranked.place == ranked.known // 2),
        unknown=as_number(ranked.value.isnull()).sum(),
    )


def _by_reading(table: ir.Table, readings: Mapping[str, Value], part: str) -> ir.Table:
    """Makes a row for each reading that a row counts in: the table is gone through once, however many there are."""
    import ibis

    names = list(readings)
    columns = {f"counts_{at}": readings[name].counts for at, name in enumerate(names)}
    columns |= {f"value_{at}": readings[name].value.cast("int64") for at, name in enumerate(names)}
    parted = {"part": table[part] if part else ibis.null("string")}
    each = table.select("site", "project", reading=ibis.array(names).unnest(), **parted, **columns)
    counts, value = (
        ibis.cases(*((each.reading == name, each[f"{kind}_{at}"]) for at, name in enumerate(names)))
        for kind in ("counts", "value")
    )
    return each.filter(counts).select("reading", "site", "project", "part", value=value)


def _by_level(table: ir.Table, part: str, level: str) -> ir.Table:
    """Makes a row for each of what a value counts for: for everything, for its project, and for a part of that."""
    import ibis

    each = table.mutate(level=ibis.array([ALL, PROJECT, *([level] if part else [])]).unnest())
    is_all, is_part = each.level == ALL, each.level == level
    return each.select(
        "reading",
        "level",
        site=ibis.ifelse(is_all, None, each.site),
        project=ibis.ifelse(is_all, None, each.project),
        part=ibis.ifelse(is_part, each.part, None),
        value=each.value,
    )
