"""Fields that are service levels of a service desk, as a payload has them: read, and put into another payload."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec import Raw

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.jira.embedded import UNDECODABLE
from jira_crawler.trackers.moments import moment

OVERLAID: Final = "_overlay"  # stands in a level that another account brought, with the ms at which it did: `fetched`
Level = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Levels:
    """What an answer says of one issue: when it was edited last (ms), the id of its status, and its `levels` by field.

    `texts` are fields that hold a text where a service level should be.
    """

    updated: int
    status: str
    levels: Mapping[str, Level] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


class _Status(msgspec.Struct):
    id: str = ""


class _Known(msgspec.Struct):
    updated: str | None = None
    status: _Status | None = None


_issue = msgspec.json.Decoder(dict[str, Raw])
_known = msgspec.json.Decoder(_Known)


def is_service_level(value: Any) -> bool:
    return isinstance(value, dict) and ("completedCycles" in value or "ongoingCycle" in value)


def read(payload: bytes | Raw, fields: Collection[str]) -> Levels:
    """Reads the service levels of an issue, and by what a change of it is seen; raises Unreadable for what is none."""
    try:
        told = _issue.decode(payload)["fields"]
        known, parts = _known.decode(told), _issue.decode(told)
        values = {name: msgspec.json.decode(parts[name]) for name in fields if name in parts}
    except (*UNDECODABLE, LookupError) as error:
        raise Unreadable(f"not an issue: {error!r}") from error
    updated = moment(known.updated)
    return Levels(
        int(updated.timestamp() * 1000) if updated else 0,
        known.status.id if known.status else "",
        {name: value for name, value in values.items() if is_service_level(value)},
        tuple(name for name, value in values.items() if isinstance(value, str)),
    )


def patched(payload: bytes, levels: Mapping[str, Level]) -> bytes:
    """Puts service levels into an issue, and leaves all else of it as it is, byte for byte."""
    issue = _issue.decode(payload)
    fields = _issue.decode(issue["fields"]) | {name: Raw(msgspec.json.encode(value)) for name, value in levels.items()}
    return msgspec.json.encode(issue | {"fields": Raw(msgspec.json.encode(fields))})
