"""What came of late, asked so that it costs the same however large the store is: an index leads to each answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Engine, func, literal_column, select

from jira_crawler.store.deliveries import State
from jira_crawler.store.delivery_audit import of_site
from jira_crawler.store.tables import deliveries, issues, missed

_D, _M = deliveries.c, missed.c
MINUTE = 60_000  # ms


@dataclass(frozen=True, slots=True)
class Troubles:
    """How many deliveries failed, and how many changes none announced, in some time."""

    failed: int
    missed: int


def by_minute(engine: Engine, site: str, since: int) -> dict[int, int]:
    """Counts the deliveries that came since a time (ms), by the ms in which their minute begins."""
    minute = (_D.received - _D.received % literal_column(str(MINUTE))).label("minute")
    query = select(minute, func.count().label("many")).where(_D.received >= since, of_site == site).group_by(minute)
    with engine.connect() as connection:
        return {row.minute: row.many for row in connection.execute(query)}


def by_state(engine: Engine, site: str, states: Collection[State]) -> dict[State, int]:
    """Counts the deliveries that are in each of some states now."""
    found: dict[State, int] = {}
    with engine.connect() as connection:
        for state in states:
            many = select(func.count()).where(_D.site == site, _D.state == state)
            found[state] = connection.execute(many).scalar_one()
    return found


def troubles(engine: Engine, site: str, since: int) -> Troubles:
    """Counts what went wrong since a time (ms)."""
    failed = select(func.count()).where(_D.site == site, _D.state == "failed", _D.received >= since)
    unannounced = select(func.count()).where(_M.found >= since, _M.site == site)
    with engine.connect() as connection:
        return Troubles(connection.execute(failed).scalar_one(), connection.execute(unannounced).scalar_one())


def keys(engine: Engine, site: str, ids: Collection[str]) -> dict[str, str]:
    """Finds the keys of some issues, for those that we hold."""
    query = select(issues.c.id, issues.c.key).where(issues.c.site == site, issues.c.id.in_(ids))
    if not ids:
        return {}
    with engine.connect() as connection:
        return {row.id: row.key for row in connection.execute(query)}
