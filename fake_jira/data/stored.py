"""What the sandbox keeps of an issue: its JSON in bytes, and the few values that queries look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson

FACETS = (
    "status",
    "statuscategory",
    "priority",
    "resolution",
    "issuetype",
    "labels",
    "component",
    "assignee",
    "reporter",
)
NOTHING: Mapping[str, bytes] = MappingProxyType({})
PRESENT, HIDDEN, ARCHIVED = "present", "hidden", "archived"


@dataclass(slots=True)
class Stored:
    """An issue at rest. `full_lists` holds a list in full where the issue itself embeds only a part of it.

    `updated` is what the search index holds, which may lag behind the field. Only a `state` of PRESENT is searched:
    nobody may see HIDDEN issues, and ARCHIVED ones can only be read directly.
    """

    id: int
    key: str
    project: str
    number: int
    created: int
    updated: int
    summary: str
    facets: tuple[tuple[str, ...], ...]
    head: bytes = field(repr=False)
    fields: bytes = field(repr=False)
    changelog: bytes = field(repr=False)
    full_lists: Mapping[str, bytes] = field(repr=False, default_factory=lambda: NOTHING)
    comment_ids: tuple[int, ...] = ()
    worklogs: int = 0
    changes: int = 0
    files: tuple[tuple[int, int], ...] = ()  # ids and sizes
    remote_links: tuple[int, ...] = ()
    copy_of: int = 0
    state: str = PRESENT

    def is_visible(self, visible: frozenset[str]) -> bool:
        """Whether it can be read by somebody who sees these projects."""
        return self.project in visible and self.state != HIDDEN

    def listed(self, name: str, within: str) -> list[dict[str, Any]]:
        """The full list called `name`, from where it is kept: by itself, or embedded in the field `within`."""
        if name in self.full_lists:
            found: list[dict[str, Any]] = orjson.loads(self.full_lists[name])
            return found
        holder = orjson.loads(self.changelog if name == "histories" else self.fields)
        holder = holder if name == "histories" else holder.get(within) or {}
        return list(holder.get(name) or ())

    def listed_in(self, name: str) -> list[dict[str, Any]]:
        """A field that is a list itself."""
        return list(orjson.loads(self.fields).get(name) or ())


@dataclass(frozen=True, slots=True)
class Embedding:
    """How much of each list a dialect embeds in an issue: comments, worklogs and changes at most."""

    api: str
    comments: int | None
    worklogs: int
    changes: int | None
    newest_change_first: bool
