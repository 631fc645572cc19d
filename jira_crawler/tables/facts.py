"""What an issue says of itself, as rows of tables, whichever tracker it is from and however it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
# The tables whose rows an issue itself brings; what follows from them, and what the store knows, is added later.
CHILDREN = (
    *("comments", "changelog", "attachments", "issuelinks", "remote_links", "worklogs"),
    *("pull_requests", "reviews", "review_comments", "closings"),
)


@dataclass(slots=True)
class Facts:
    """The row of an issue, and those of what hangs on it by table; times are microseconds since 1970.

    `custom` are the values of custom fields by id. `sources` are the texts as they were written, `description` and the
    comments by their ids, for whoever looks for more in them than what they say.
    """

    issue: Row = field(default_factory=dict)
    children: dict[str, list[Row]] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        return self.children.get(table, [])
