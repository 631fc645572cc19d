"""How the tests of the sandbox ask it: over HTTP with the standard library alone."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class Answered:
    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(url: str, body: Any = None, headers: dict[str, str] | None = None, **query: Any) -> Answered:
    """GET, or POST where there is a body; any status is an answer."""
    address = url + ("?" + urlencode(query) if query else "")
    data = None if body is None else json.dumps(body).encode()
    request = Request(address, data, {"Content-Type": "application/json", **(headers or {})})
    try:
        with urlopen(request, timeout=600) as response:
            return Answered(response.status, response.headers, response.read())
    except HTTPError as error:
        with error:
            return Answered(error.code, error.headers, error.read())
