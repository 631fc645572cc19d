"""In which minutes of a project there are issues with which no page comes: the next run lists these by themselves."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.tables import traps


class Traps:
    """The part of the store that knows of bad issues by when they were created; their ids may not be known."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def of(self, site: str, project: str) -> dict[int, bool]:
        """Gives the minutes, each the ms in which it begins, and whether something of it is still lacking."""
        query = select(traps.c.minute, traps.c.lacking).where(traps.c.site == site, traps.c.project == project)
        with self.engine.connect() as connection:
            return {row.minute: bool(row.lacking) for row in connection.execute(query.order_by(traps.c.minute))}

    @retry_on_disconnect
    def save(self, site: str, project: str, minute: int, run: int, *, lacking: bool) -> None:
        """Notes that something of a minute did not come as others do, and whether it did not come at all.

        A `run` of 0 only suspects that, which changes nothing of what is known.
        """
        this = traps.c.site == site, traps.c.project == project, traps.c.minute == minute
        with self.writer.begin() as connection:
            known = connection.execute(select(traps.c.run, traps.c.lacking).where(*this)).first()
            if known is None:
                row = {"site": site, "project": project, "minute": minute, "run": run, "lacking": int(lacking)}
                connection.execute(insert(traps).values(**row))
            elif run:
                lacking = lacking or (bool(known.lacking) and known.run == run)
                connection.execute(update(traps).where(*this).values(run=run, lacking=int(lacking)))

    @retry_on_disconnect
    def prune(self, site: str, project: str, run: int, *, everything: bool) -> None:
        """Forgets the minutes of a project in which nothing was bad in this run.

        A run that did not ask for `everything` knows that of those only of which something was lacking.
        """
        here = [traps.c.site == site, traps.c.project == project, traps.c.run != run]
        with self.writer.begin() as connection:
            connection.execute(delete(traps).where(*here, *([] if everything else [traps.c.lacking == 1])))
