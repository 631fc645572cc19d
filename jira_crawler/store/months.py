"""The issues of the store by when they were created, for whoever writes month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from jira_crawler.items import UNREADABLE
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.rows import Row
from jira_crawler.store.tables import ONE_OF_THESE, issues, these

UNDATED = "undated"  # the month of what has no creation time that could be read
_DAY = 86_400_000
_LAST = 253_402_300_799_999  # 31 December 9999
_READABLE = ~issues.c.id.startswith(UNREADABLE, autoescape=True)


def month_of(created: int) -> str:
    """Names the month, in UTC, of a time in epoch milliseconds; 0 is no time."""
    if not 0 < created <= _LAST:
        return UNDATED
    return f"{datetime.fromtimestamp(created / 1000, UTC):%Y-%m}".rjust(7, "0")


def bounds(month: str) -> tuple[int, int]:
    """Gives the milliseconds in which a month begins and ends, the second one not being in it."""
    year, number = map(int, month.split("-"))
    begin = datetime(year, number, 1, tzinfo=UTC)
    end = (
        _LAST + 1
        if (year, number) == (9999, 12)
        else int(datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)
    )
    return max(int(begin.timestamp() * 1000), 1), end


class Months:
    """The part of the store that is read in order of creation; what could not be read at all is in no month."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def counts(self) -> dict[str, int]:
        """Counts the issues of each month, the earliest first."""
        day = issues.c.created - issues.c.created % _DAY
        found: Counter[str] = Counter()
        query = select(func.min(issues.c.created), func.count()).where(_READABLE)
        with self.engine.connect() as connection:
            for first, count in connection.execute(query.group_by(day)):
                found[month_of(int(first))] += count
        return dict(sorted(found.items()))

    def rows(self, month: str, size: int) -> Iterator[list[Row]]:
        """Gives the issues of a month in order of number and site, `size` at a time, the payloads still compressed."""
        if month == UNDATED:
            chosen = or_(issues.c.created <= 0, issues.c.created > _LAST)
        else:
            begin, end = bounds(month)
            chosen = and_(issues.c.created >= begin, issues.c.created < end)
        names = self._order(chosen)
        for at in range(0, len(names), size):
            yield self.of(names[at : at + size])

    @retry_on_disconnect
    def _order(self, chosen: ColumnElement[bool]) -> list[tuple[str, str]]:
        query = select(issues.c.site, issues.c.id).where(chosen, _READABLE)
        with self.engine.connect() as connection:
            found = connection.execute(query.order_by(issues.c.number, issues.c.site, issues.c.id))
            return [(site, id_) for site, id_ in found]

    @retry_on_disconnect
    def of(self, identities: list[tuple[str, str]]) -> list[Row]:
        """Gives these issues in the order of number and site, those that are there and could be read."""
        query = select(issues).where(ONE_OF_THESE, _READABLE)
        with self.engine.connect() as connection:
            found = [Row(**row._mapping) for some in these(identities) for row in connection.execute(query, some)]
        return sorted(found, key=lambda row: (row.number, row.site, row.id))
