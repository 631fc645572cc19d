"""A selection over things becomes data, with the errors of fields that could not be had."""

from __future__ import annotations

from typing import Any

from fake_github.graphql.document import Field
from fake_github.graphql.types import Connection, Typed, Types, kind_of

_MARK = "Y3Vyc29yOnYyOpH"  # what a cursor begins with


class Executor:
    """Gathers `errors` on the way; a field that fails is null."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.errors: list[dict[str, Any]] = []

    def thing(self, it: Typed | None, selection: list[Field], path: list[Any]) -> dict[str, Any] | None:
        """Shows a thing as it is asked for."""
        if it is None:
            return None
        kind, shown = kind_of(it), {}
        fields = self.types.fields[it.kind]
        for field in selection:
            if field.on and field.on not in (kind, *_interfaces(kind)):
                continue
            here = [*path, field.alias]
            if field.name == "__typename":
                shown[field.alias] = kind
            elif field.name not in fields:
                message = f"Field '{field.name}' doesn't exist on type '{kind}'"
                self.errors.append({"message": message, "path": here, "extensions": {"code": "undefinedField"}})
            else:
                shown[field.alias] = self._value(fields[field.name](it, field.arguments), field, here)
        return shown

    def _value(self, value: Any, field: Field, path: list[Any]) -> Any:
        if isinstance(value, Typed):
            return self.thing(value, field.selection, path)
        return self._connection(value, field, path) if isinstance(value, Connection) else value

    def _connection(self, of: Connection, field: Field, path: list[Any]) -> dict[str, Any] | None:
        first, last = field.arguments.get("first"), field.arguments.get("last")
        wants_things = any(each.name in ("nodes", "edges") for each in field.selection)
        if wants_things and first is None and last is None:
            message = f"You must provide a `first` or `last` value to properly paginate the `{field.name}` connection."
            self.errors.append({"type": "MISSING_PAGINATION_BOUNDARIES", "message": message, "path": path})
            return None
        if max(first or 0, last or 0) > 100:
            message = f"Requesting {first or last} records exceeds the `first` limit of 100 records."
            self.errors.append({"type": "EXCESSIVE_PAGINATION", "message": message, "path": path})
            return None
        after = str(field.arguments.get("after") or "")
        start = int(after.removeprefix(_MARK)) if after.removeprefix(_MARK).isdigit() else 0
        if last is not None and first is None:
            start = max(0, len(of.things) - last)
        size = first if first is not None else last or 0
        here = of.things[start : start + size]
        end = start + len(here)
        shown: dict[str, Any] = {}
        for each in field.selection:
            if each.name == "totalCount":
                shown[each.alias] = of.total
            elif each.name == "nodes":
                things = enumerate(here)
                shown[each.alias] = [self.thing(it, each.selection, [*path, "nodes", n]) for n, it in things]
            elif each.name == "pageInfo":
                known = {"hasNextPage": end < len(of.things), "endCursor": f"{_MARK}{end}" if here else None}
                shown[each.alias] = {part.alias: known.get(part.name) for part in each.selection}
        return shown


def _interfaces(kind: str) -> tuple[str, ...]:
    return ("Actor", "Node") if kind in ("User", "Bot") else ("Node",)
