"""Two hashes of an issue: of what it says, to find duplicates; of what the tracker sent, to find changes."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any
from unicodedata import normalize

import orjson

from jira_crawler.items import Issue

# Links and pictures, what depends on who looks, and what moves with the clock. `renderedFields` repeats the
# fields and holds dates such as "yesterday".
_VOLATILE = frozenset(
    {
        "self",
        "expand",
        "avatarUrls",
        "lastViewed",
        "workratio",
        "isWatching",
        "hasVoted",
        "renderedFields",
        "names",
        "schema",
        "editmeta",
        "operations",
        "transitions",
    }
)
_VOLATILE_OF_USER = frozenset({"active", "timeZone"})
# Of a service level whose clock runs; where it is paused, whether the goal was missed before stays as it is.
_VOLATILE_OF_CYCLE = ("breached", "elapsedTime", "remainingTime", "withinCalendarHours")
_VOLATILE_OF_PAUSED = _VOLATILE_OF_CYCLE[1:]
_FRIENDLY = "friendly"  # beside exact values: `Today 10:15`
_VOLATILE_OF_PAGE = frozenset({"startAt", "maxResults", "isLast"})
_SKIPPED = {  # by what a mapping is: a user, a page
    (user, page): _VOLATILE | (_VOLATILE_OF_USER if user else set()) | (_VOLATILE_OF_PAGE if page else set())
    for user in (False, True)
    for page in (False, True)
}
# `SummaryBean@66d1c47d[summary=…`: the Development field prints Java objects, with a new hash code at each read.
_OBJECT_HASH = re.compile(r"(?<=\w)@[0-9a-f]{4,8}(?=[\[{(])|(?<=Bean)@[0-9a-f]{4,8}\b")
_DEEPEST = 64  # fields are flat; only nested ADF goes on, and orjson stops at 254


def content_hash(issue: Issue) -> str:
    """sha256, in hex, of title, description and comments in order of id, regardless of case, width and spacing."""
    texts = [issue.title, issue.description.source if issue.description else ""]
    texts += [comment.body.source for comment in sorted(issue.comments, key=lambda c: _by_number(c.id))]
    return _digest("\0".join(map(_plain, texts)).encode("utf-8", "surrogatepass"))


def version_hash(payload: dict[str, Any]) -> str:
    """sha256, in hex, of a decoded issue payload, the same for every read of an issue that nobody changed.

    Nulls do not count, so a field that the tracker gains does not make every issue new.
    """
    lasting = _lasting(payload, 0)
    try:
        return _digest(orjson.dumps(lasting, option=orjson.OPT_SORT_KEYS))
    except TypeError:  # lone surrogates, integers beyond 64 bits
        return _digest(json.dumps(lasting, sort_keys=True).encode())


def lasting(payload: dict[str, Any]) -> dict[str, Any]:
    """Gives what of a decoded issue payload is the same for every read of an issue that nobody changed.

    Lists of things that have an id are in the order of it, and strings that hold dumps of objects are left out.
    """
    found: dict[str, Any] = _lasting_mapping(payload, 0)
    return found


def _plain(text: str) -> str:
    if not text.isascii():
        text = normalize("NFKC", normalize("NFKC", text).casefold())
    return " ".join(text.casefold().split())


def _by_number(identity: object) -> tuple[int, str]:
    text = str(identity)
    return len(text), text


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _lasting(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        return _flat(value) if depth > _DEEPEST else _lasting_mapping(value, depth)
    if isinstance(value, list):
        return _flat(value) if depth > _DEEPEST else _lasting_list(value, depth)
    return value


def _lasting_mapping(value: dict[str, Any], depth: int) -> dict[str, Any]:
    skipped = _SKIPPED["displayName" in value, "startAt" in value or "maxResults" in value]
    lasting: dict[str, Any] = {}
    for key, item in value.items():
        if item is None or key in skipped:
            continue
        kind = type(item)
        if kind is str:  # what most are
            if "@" in item and key.startswith("customfield_") and _OBJECT_HASH.search(item):
                continue
            lasting[key] = item
        elif kind is dict:
            lasting[key] = _lasting(_resting(item) if key == "ongoingCycle" else item, depth + 1)
        else:
            lasting[key] = _lasting(item, depth + 1) if kind is list else item
    if _FRIENDLY in lasting and ("epochMillis" in value or "millis" in value):
        del lasting[_FRIENDLY]
    return lasting


def _resting(cycle: dict[str, Any]) -> dict[str, Any]:
    """Of a service level's cycle what does not move with the clock."""
    moving = _VOLATILE_OF_PAUSED if cycle.get("paused") is True else _VOLATILE_OF_CYCLE
    return {name: part for name, part in cycle.items() if name not in moving}


def _lasting_list(value: list[Any], depth: int) -> list[Any]:
    if not value:
        return []
    kinds = set(map(type, value))
    if kinds <= {str}:
        # Sprints are printed objects too, but what they print matters.
        return sorted(_OBJECT_HASH.sub("@", item) if "@" in item else item for item in value)
    if kinds == {dict} and all("id" in item for item in value):
        value = sorted(value, key=lambda item: _by_number(item["id"])) if len(value) > 1 else value
    return [_lasting(item, depth + 1) for item in value]


def _flat(value: Any) -> list[Any]:
    """A nested value as one list of its parts in order, however deep it is."""
    flat: list[Any] = []
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            flat.append("{")
            waiting.append("}")
            for key in sorted(part, reverse=True):
                waiting += [part[key], key]
        elif isinstance(part, list):
            flat.append("[")
            waiting.append("]")
            waiting.extend(reversed(part))
        else:
            flat.append(part)
    return flat
