"""Who follows the changes of the store, and how far each of them has come."""

from __future__ import annotations

import time

from sqlalchemy import Connection, delete, func, insert, select, update

from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.tables import changes, consumers, last_change


class Consumers:
    """The part of the store that keeps a position for each name, and no change that all of them have read.

    Who has the position 0 holds all changes back from now on, and reads the whole store first, as what was pruned
    before is told by nobody else:

        if not (position := store.consumers.position(name)):
            store.consumers.advance(name, 0)
            position = store.changes.latest()
            ...  # every issue, with store.chunks(size); those that change meanwhile come once more
            store.consumers.advance(name, position)
        while changed := store.changes(position, 1_000):
            ...  # may come twice after a crash
            position = changed[-1].seq
            store.consumers.advance(name, position)
    """

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def position(self, name: str) -> int:
        """Gives the number of the last change that a consumer has dealt with; 0 if it is new."""
        with self.engine.connect() as connection:
            return connection.execute(select(consumers.c.seq).where(consumers.c.name == name)).scalar() or 0

    @retry_on_disconnect
    def advance(self, name: str, seq: int) -> None:
        """Notes that a consumer has dealt with all changes up to a number, never that it has gone back.

        It is heard of by that, whatever the number. What nobody has still to read is pruned. Raises ValueError for a
        number that was never given.
        """
        now = int(time.time() * 1000)
        with self.writer.begin() as connection:
            if not 0 <= seq <= connection.execute(select(last_change.c.seq)).scalar_one():
                raise ValueError(f"there is no change {seq} yet")
            here = consumers.c.name == name
            known = connection.execute(select(consumers.c.seq).where(here)).scalar()
            if known is None:
                connection.execute(insert(consumers).values(name=name, seq=seq, seen=now))
            else:
                connection.execute(update(consumers).where(here).values(seq=max(known, seq), seen=now))
            _prune(connection)

    @retry_on_disconnect
    def expire(self, before: int) -> list[str]:
        """Takes out the consumers that were not heard of since a time (ms), so that no change is kept for them.

        Who has read everything has nothing to come for, and counts as heard of. Gives the names of those taken out.
        """
        now = int(time.time() * 1000)
        with self.writer.begin() as connection:
            last = select(last_change.c.seq).scalar_subquery()
            connection.execute(update(consumers).where(consumers.c.seq >= last).values(seen=now))
            silent = select(consumers.c.name).where(consumers.c.seen < before).order_by(consumers.c.name)
            names = list(connection.scalars(silent))
            if names:
                connection.execute(delete(consumers).where(consumers.c.name.in_(names)))
                _prune(connection)
        return names

    @retry_on_disconnect
    def forget(self, name: str) -> None:
        """Takes out a consumer, which holds nothing back any more; one that comes back under its name is new."""
        with self.writer.begin() as connection:
            connection.execute(delete(consumers).where(consumers.c.name == name))
            _prune(connection)


def _prune(connection: Connection) -> None:
    """Takes out what the slowest has read; where nobody follows, the last change of each issue stays."""
    slowest = connection.execute(select(func.min(consumers.c.seq))).scalar()
    if slowest is None:
        return
    connection.execute(delete(changes).where(changes.c.seq <= slowest))
    connection.execute(update(last_change).where(last_change.c.pruned < slowest).values(pruned=slowest))
