"""Rows become columns of Arrow, and the columns of a month are put in order."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jira_crawler.tables.facts import Row
from jira_crawler.tables.schemas import Schema

Identity = tuple[str, int]
_ORDER: Final = [("issue_id", "ascending"), ("site", "ascending")]


def table_of(rows: list[Row], schema: Schema) -> pa.Table:
    """Makes a table of rows; what a row does not name is null."""
    arrays = [_array([row.get(field.name) for row in rows], field.type) for field in schema.arrow]
    return pa.Table.from_arrays(arrays, schema=schema.arrow)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, kind)
    except (UnicodeEncodeError, pa.ArrowException):
        return pa.array([_fitting(value) for value in values], kind)


def _fitting(value: Any) -> Any:
    """Leaves out of a text the halves of characters, which are in no file."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return [_fitting(each) for each in value] if isinstance(value, list) else value


def identities(table: pa.Table) -> list[Identity]:
    """Says of which issue each row is."""
    return list(zip(table["site"].to_pylist(), table["issue_id"].to_pylist(), strict=True))


def places(table: pa.Table, issues: Collection[Identity]) -> pa.Array:
    """Finds the rows of some issues: their numbers, in the order in which they stand."""
    numbers = pa.array(sorted({number for _, number in issues}), pa.int64())
    found = pc.indices_nonzero(pc.is_in(table["issue_id"], value_set=numbers))
    of = identities(table.select(["site", "issue_id"]).take(found))
    met = [place for place, identity in zip(found.to_pylist(), of, strict=True) if identity in issues]
    return pa.array(met, pa.int64())


def apart(table: pa.Table, issues: Collection[Identity]) -> tuple[pa.Table, pa.Table]:
    """Parts a table: the rows of other issues, and those of some issues, each in the order in which they are."""
    met = places(table, issues)
    if not len(met):
        return table, table.slice(0, 0)
    others = np.ones(table.num_rows, dtype=bool)
    others[met.to_numpy()] = False
    return table.filter(pa.array(others)), table.take(met)


def put(table: pa.Table, met: pa.Array, rows: pa.Table) -> pa.Table:
    """Puts rows in the place of those with some numbers, one for each in the same order."""
    order = np.arange(table.num_rows)
    order[met.to_numpy()] = table.num_rows + np.arange(len(met))
    return pa.concat_tables([table, rows]).take(pa.array(order))


def ordered(table: pa.Table) -> pa.Table:
    """Puts issues in the order of their ids, and leaves what belongs to one in the order in which it is."""
    return table.take(pc.sort_indices(table, sort_keys=_ORDER))
