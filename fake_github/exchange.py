"""What is asked of the sandbox and what it answers, as plain values: what answers knows no web server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

JSON = "application/json; charset=utf-8"
DOCS = "https://docs.github.com/rest"


@dataclass(frozen=True, slots=True)
class Request:
    """`query` has the first value of each parameter, `headers` names in lower case; `known` is who brings a token."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON


class Refusal(Exception):
    """Raised where another answer than the one that was asked for is due."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def answer(value: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(orjson.dumps(value), status, headers)


def error(status: int, message: str, **more: Any) -> Answer:
    """What GitHub says where it refuses; since 2024 the body repeats the status."""
    return answer({"message": message, "documentation_url": DOCS, "status": str(status)} | more, status)
