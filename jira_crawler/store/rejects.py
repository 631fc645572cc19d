"""What of the store is in no feed, and why, as it is told to people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import zstandard
from sqlalchemy import Connection, select

from jira_crawler.refine.deduplicate import STAGE, duplicate_of
from jira_crawler.store.tables import PRECEDENCE, issues

_CHUNK = 1_000
_NAMES = ("site", "project", "id", "key", "stage")


def rejected(connection: Connection) -> Iterator[dict[str, Any]]:
    """Gives every issue that is in no feed, in a fixed order; one that was never readable with its payload.

    Each payload is read when its issue is given: what is put in order, and what waits to be given, is without them.
    """
    same = issues.alias()
    kept = (
        select(same.c.key)
        .where(same.c.content == issues.c.content)
        .order_by(*(same.c[column.name] for column in PRECEDENCE))
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(*(issues.c[name] for name in (*_NAMES, "reason")), kept.label("kept"))
        .where(issues.c.stage != "")
        .order_by(issues.c.site, issues.c.project, issues.c.number, issues.c.id)
    )
    for row in connection.execute(query, execution_options={"yield_per": _CHUNK}):
        reason = duplicate_of(row.kept) if row.stage == STAGE else row.reason
        reject = {name: getattr(row, name) for name in _NAMES} | {"reason": reason}
        if row.stage == "Validate" and (packed := _payload(connection, row.site, row.id)):
            reject["payload"] = zstandard.decompress(packed).decode("utf-8", "replace")
        yield reject


def _payload(connection: Connection, site: str, id_: str) -> bytes | None:
    """Reads the compressed payload of one issue; None where somebody else has removed it meanwhile."""
    query = select(issues.c.payload).where(issues.c.site == site, issues.c.id == id_)
    return connection.execute(query).scalar()
