"""Who follows the changes of the store, and how far each of them has come."""

from __future__ import annotations

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

        What nobody has still to read is pruned. Raises ValueError for a number that was never given.
        """
        with self.writer.begin() as connection:
            if not 0 <= seq <= connection.execute(select(last_change.c.seq)).scalar_one():
                raise ValueError(f"there is no change {seq} yet")
            here = consumers.c.name == name
            known = connection.execute(select(consumers.c.seq).where(here)).scalar()
            if known is None:
                connection.execute(insert(consumers).values(name=name, seq=seq))
            elif known < seq:
                connection.execute(update(consumers).where(here).values(seq=seq))
            _prune(connection)

    @retry_on_disconnect
    def forget(self, name: str) -> None:
        """Takes out a consumer, which holds nothing back any more; one that comes back under its name is new."""
        with self.writer.begin() as connection:
            connection.execute(delete(consumers).where(consumers.c.name == name))
            _prune(connection)


def _prune(connection: Connection) -> None:
    """Takes out what the slowest has read; where nobody follows, the last change of each issue stays."""
    slowest = select(func.min(consumers.c.seq)).scalar_subquery()
    connection.execute(delete(changes).where(changes.c.seq <= slowest))
