"""What a query costs before it is answered: nodes that it may bring, and points."""

from __future__ import annotations

from fake_github.graphql.document import Field

MOST_NODES = 500_000


def nodes_and_points(fields: list[Field]) -> tuple[int, int]:
    """Counts the nodes that a selection may bring, and the points of it: a hundredth of the lists asked for."""
    nodes, lists = _count(fields, 1)
    return nodes, max(1, round((lists + 1) / 100))


def _count(fields: list[Field], times: int) -> tuple[int, int]:
    nodes = lists = 0
    for field in fields:
        size = field.arguments.get("first") or field.arguments.get("last") or 0
        if field.name == "nodes" and "ids" in field.arguments:
            size = len(field.arguments["ids"] or ())
            nodes += size * times
            below = _count(field.selection, times * max(size, 1))
        elif size:
            nodes += size * times
            lists += times
            below = _count(field.selection, times * size)
        else:
            below = _count(field.selection, times)
        nodes, lists = nodes + below[0], lists + below[1]
    return nodes, lists
