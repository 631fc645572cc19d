"""What may be done to an answer: a name, what it does to the answer's truth, and the change itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any

from tests.servers.hostile import Answer, Asked


class Harm(Enum):
    """NONE says the same as the honest answer; SPOILS is none, or one that contradicts others; HIDES lies plausibly."""

    NONE = 0
    SPOILS = 1
    HIDES = 2


@dataclass
class Scene:
    """What a change may look at: the question, dice of its own, whom to lure to, and what was said here before."""

    asked: Asked
    chance: Random
    stranger: str
    memory: dict[str, Any] = field(default_factory=dict)


Change = Callable[[Answer, Scene], "Answer | bytes"]


@dataclass(frozen=True)
class Mutation:
    """`places` are the endpoints where it makes sense, () for all; a change of `hangs` needs a short time-out."""

    name: str
    change: Change
    harm: Harm = Harm.SPOILS
    places: tuple[str, ...] = ()
    hangs: bool = False


def with_headers(answer: Answer, **headers: str) -> Answer:
    """Gives an answer more headers; underscores of their names are hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(answer.body, answer.status, answer.headers | named, answer.seconds)


def with_body(answer: Answer, body: bytes) -> Answer:
    return Answer(body, answer.status, answer.headers, answer.seconds)


def with_json(answer: Answer, change: Callable[[Any], Any]) -> Answer:
    """Changes the JSON of an answer; what is no JSON stays."""
    try:
        value = json.loads(answer.body)
    except ValueError:
        return answer
    return with_body(answer, json.dumps(change(value)).encode())


def raw(answer: Answer, *lines: str, body: bytes | None = None, status: str = "200 OK") -> bytes:
    """Writes an answer with headers that no library would send."""
    head = [f"HTTP/1.1 {status}", f"Content-Type: {answer.headers.get('Content-Type', 'text/html')}", *lines]
    return "\r\n".join([*head, "", ""]).encode("utf-8", "surrogateescape") + (answer.body if body is None else body)
