"""What a request to Cloud asks for: parameters and bodies → plain values, or the refusal that is due."""

from __future__ import annotations

from typing import Any

import orjson

from fake_jira.exchange import INVALID_PAYLOAD, Answer, Refusal, Request, answer, errors

SEARCH_KEYS = {
    "jql",
    "nextPageToken",
    "maxResults",
    "fields",
    "expand",
    "properties",
    "fieldsByKeys",
    "failFast",
    "reconcileIssues",
}


def paged(request: Request, things: list[Any], name: str, default: int, cap: int) -> Answer:
    start, size = request.number("startAt", 0), min(request.number("maxResults", default), cap)
    page = things[start : start + size]
    return answer({"startAt": start, "maxResults": size, "total": len(things), name: page})


def body_of(request: Request, known: set[str]) -> dict[str, Any]:
    if not request.body:
        problem = {"type": "about:blank", "title": "Unsupported Media Type", "status": 415}
        raise Refusal(Answer(orjson.dumps(problem), 415, content_type="application/problem+json"))
    body = request.json()
    if set(body) - known:
        raise Refusal(errors(400, INVALID_PAYLOAD))
    return body


def address_of(request: Request) -> dict[str, Any]:
    return {
        "jql": request.get("jql"),
        "nextPageToken": request.get("nextPageToken"),
        "fields": request.listed("fields"),
        "maxResults": request.get("maxResults") or 50,
        "expand": request.listed("expand"),
        "reconcileIssues": request.listed("reconcileIssues"),
    }


def size_of(asked: Any, most: int = 5000) -> int:
    try:
        size = int(asked)
    except (TypeError, ValueError):
        raise Refusal(errors(400, INVALID_PAYLOAD)) from None
    if not 1 <= size <= most:
        raise Refusal(errors(400, f"The value of maxResults must be between 1 and {most}."))
    return size


def names_of(given: Any) -> list[str]:
    """Lists come as lists, or as one comma list (`expand` of a POST)."""
    if isinstance(given, str):
        return [name.strip() for name in given.split(",") if name.strip()]
    return [str(name) for name in given or ()]
