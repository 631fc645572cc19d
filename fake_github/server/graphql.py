"""The GraphQL endpoint: what may be asked at the top, what it costs, and what GitHub says where it is too much."""

from __future__ import annotations

from typing import Any

import orjson

from fake_github.data.model import Item, Repository
from fake_github.exchange import Answer, Refusal, Request, answer, error
from fake_github.graphql.cost import MOST_NODES, nodes_and_points
from fake_github.graphql.document import Field, Garbled, read
from fake_github.graphql.execute import Executor
from fake_github.graphql.types import Typed, Types, typed
from fake_github.options import Options
from fake_github.server.limits import Limit
from fake_github.server.rest import Rest
from fake_github.server.shapes import Shapes, node_id

BROKEN = Answer(b"<html><body><h1>502 Bad Gateway</h1></body></html>", 502, content_type="text/html")


class GraphQL:
    """Knows the same repositories as REST, and takes points from `points`."""

    def __init__(self, rest: Rest, shapes: Shapes, options: Options, points: Limit) -> None:
        self.rest, self.options, self.points = rest, options, points
        self.types = Types(shapes)
        self._ids: dict[int, dict[str, Item]] = {}

    def answer(self, request: Request, now: float) -> Answer:
        """Answers a POST; raises Refusal for what is due instead."""
        if not self.options.graphql:
            raise Refusal(error(404, "Not Found"))
        if not request.known:
            raise Refusal(error(401, "This endpoint requires you to be authenticated."))
        try:
            asked: Any = orjson.loads(request.body)
            fields = read(asked["query"], asked.get("variables") or {})
        except (ValueError, KeyError, TypeError) as wrong:
            raise Refusal(error(400, "Problems parsing JSON")) from wrong
        except Garbled as wrong:
            return _failed([{"message": str(wrong)}])
        nodes, points = nodes_and_points(fields)
        if nodes > MOST_NODES:
            message = f"By the time this query traverses to the last connection, it is requesting up to {nodes} nodes"
            return _failed([{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}])
        if not self.points.take(now, points):
            message = "API rate limit already exceeded."
            return _failed([{"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": message}])
        return self._data(fields, points, now)

    def _data(self, fields: list[Field], points: int, now: float) -> Answer:
        executor = Executor(self.types)
        data: dict[str, Any] = {}
        for field in fields:
            if field.name == "rateLimit":
                known = {
                    "cost": points,
                    "remaining": self.points.left,
                    "limit": self.points.most,
                    "resetAt": self.points.reset_at(),
                }
                data[field.alias] = {each.alias: known.get(each.name) for each in field.selection}
            elif field.name == "repository":
                data[field.alias] = self._repository(executor, field)
            elif field.name in ("node", "nodes"):
                ids = field.arguments.get("ids") or [field.arguments.get("id")]
                found = self._nodes(executor, field, ids)
                if isinstance(found, Answer):
                    return found
                data[field.alias] = found if field.name == "nodes" else found[0]
            else:
                executor.errors.append({"message": f"Field '{field.name}' doesn't exist on type 'Query'"})
        return answer({"data": data} | ({"errors": executor.errors} if executor.errors else {}))

    def _repository(self, executor: Executor, field: Field) -> dict[str, Any] | None:
        name = f"{field.arguments.get('owner')}/{field.arguments.get('name')}"
        try:
            found = self.rest.find(name)
        except Refusal:
            found = None
        forgets = "graphql_forgets_names" in self.options.switches
        if found is None or (forgets and found.full_name.lower() != name.lower()):
            message = f"Could not resolve to a Repository with the name '{name}'."
            executor.errors.append({"type": "NOT_FOUND", "message": message, "path": [field.alias]})
            return None
        return executor.thing(Typed("Repository", found, found), field.selection, [field.alias])

    def _nodes(self, executor: Executor, field: Field, ids: list[str]) -> list[Any] | Answer:
        if len(ids) > 100:
            message = f"You may not provide more than 100 node ids; you provided {len(ids)}."
            return _failed([{"type": "ARGUMENT_LIMIT", "message": message}])
        found = [self._find(id_) for id_ in ids]
        items = [pair[1] for pair in found if pair and isinstance(pair[1], Item)]
        if any(item.number in self.options.lost for item in items):
            return BROKEN
        pulls = sum(item.pull is not None for item in items)
        if self.options.heaviest and pulls > self.options.heaviest:
            message = "Resource limits for this query exceeded."
            nothing = {"data": {field.alias: [None] * len(ids)}}
            return answer(nothing | {"errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": message}]})
        shown: list[Any] = []
        for place, (id_, pair) in enumerate(zip(ids, found, strict=True)):
            if pair is None:
                message = f"Could not resolve to a node with the global id of '{id_}'"
                executor.errors.append({"type": "NOT_FOUND", "message": message, "path": [field.alias, place]})
                shown.append(None)
            else:
                of, item = pair
                it = typed(of, item) if isinstance(item, Item) else Typed("Repository", of, of)
                shown.append(executor.thing(it, field.selection, [field.alias, place]))
        return shown

    def _find(self, id_: str) -> tuple[Repository, Item | None] | None:
        for of in self.rest.repositories.values():
            if not of.visible or of.blocked:
                continue
            if id_ == f"R_{of.id}":
                return of, None
            if item := self._named(of).get(id_):
                return None if item.gone else (of, item)
        return None

    def _named(self, of: Repository) -> dict[str, Item]:
        known = self._ids.setdefault(of.id, {})
        if len(known) != len(of.items):  # no item is ever taken out
            known |= {node_id("PR" if item.pull else "I", of, item.number): item for item in of.items.values()}
        return known


def _failed(errors: list[dict[str, Any]]) -> Answer:
    return answer({"data": None, "errors": errors})
