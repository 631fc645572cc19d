"""What of the store is in no feed, and why, as it is told to people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import zstandard
from sqlalchemy import Connection, select

from jira_crawler.refine.deduplicate import STAGE, duplicate_of
from jira_crawler.store.tables import PRECEDENCE, issues

_CHUNK = 1_000


def rejected(connection: Connection) -> Iterator[dict[str, Any]]:
    """Gives every issue that is in no feed, in a fixed order; one that was never readable with its payload."""
    same = issues.alias()
    kept = (
        select(same.c.key)
        .where(same.c.content == issues.c.content)
        .order_by(*(same.c[column.name] for column in PRECEDENCE))
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(issues, kept.label("kept"))
        .where(issues.c.stage != "")
        .order_by(issues.c.site, issues.c.project, issues.c.number, issues.c.id)
    )
    for row in connection.execute(query, execution_options={"yield_per": _CHUNK}):
        reason = duplicate_of(row.kept) if row.stage == STAGE else row.reason
        names = ("site", "project", "id", "key", "stage")
        reject = {name: getattr(row, name) for name in names} | {"reason": reason}
        if row.stage == "Validate":
            reject["payload"] = zstandard.decompress(row.payload).decode("utf-8", "replace")
        yield reject
