"""What is asked of the sandbox and what it answers, as plain values: the dialects know no web server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from fake_jira.data.stored import Stored
from fake_jira.files.contents import Contents

JSON = "application/json;charset=UTF-8"
HTML = "text/html;charset=UTF-8"


class Refusal(Exception):
    """Raised where an answer other than 200 is due."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. `known` is False for anonymous; `shut_out` if the sandbox shows anonymous visitors nothing; an `agent`
    of a service desk sees more than others."""

    name: str = "anonymous"
    known: bool = False
    shut_out: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    agent: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` are found whatever the case of their names, where the web server gave them."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    body: bytes = b""
    visitor: Visitor = field(default_factory=Visitor)
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        return self.query[name][0] if name in self.query else default

    def listed(self, name: str) -> list[str]:
        """A parameter that may be repeated, and holds a comma list each time."""
        return [part.strip() for text in self.query.get(name, ()) for part in text.split(",") if part.strip()]

    def number(self, name: str, default: int) -> int:
        text = self.get(name)
        if not text:
            return default
        try:
            return int(text)
        except ValueError:
            raise Refusal(not_found(f'For input string: "{text}"')) from None

    def json(self) -> dict[str, Any]:
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise Refusal(errors(400, INVALID_PAYLOAD)) from None
        if not isinstance(found, dict):
            raise Refusal(errors(400, INVALID_PAYLOAD))
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """`holds` are the issues that it tells of, `names` those of which it says no more than where they are in a list.

    A `file` stands in place of a body. It is `heavy` if it tells more than a hub of links allows; `links` are among it,
    or are not.
    """

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON
    holds: Sequence[Stored] = ()
    heavy: bool = False
    names: Sequence[Stored] = ()
    links: bool = False
    file: Contents | None = None


INVALID_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."


def answer(value: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(orjson.dumps(value), status, headers)


def errors(status: int, *sentences: str) -> Answer:
    return answer({"errorMessages": list(sentences), "errors": {}}, status)


def not_found(where: str) -> Answer:
    """What Jira says of a REST address that it does not have."""
    return answer({"message": f"null for uri: {where}", "status-code": 404}, 404)
