"""A count of requests in any 24 hours that outlives the process, because the ban that it prevents does."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from jira_crawler.exceptions import BadArgument, SiteRefused

HOUR = 3600
WINDOW = 25  # the hour that is running and the 24 before it: never fewer than 24 hours
PATIENCE = 10.0  # seconds that another process may hold the file; counting takes it some milliseconds

_COUNT = "INSERT INTO requests VALUES (?, ?, ?) ON CONFLICT (site, hour) DO UPDATE SET n = n + excluded.n"


class Budget:
    """Counts the requests to a site by the hour, in one file for all crawls of this machine.

    What cannot be counted is not asked: BadArgument before the first request, SiteRefused later on.
    """

    def __init__(self, folder: Path, site: str, limit: int):
        self.site, self.limit, self.path = site, limit, folder / "budget.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._database = sqlite3.connect(self.path, isolation_level=None, timeout=PATIENCE)
        except (OSError, sqlite3.Error) as error:
            raise BadArgument(self._sentence(error)) from error
        try:
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS requests (site TEXT, hour INTEGER, n INTEGER, PRIMARY KEY (site, hour))"
            )
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute(_COUNT, (site, 0, 0))  # shows at once whether the first request could be counted
            self.spent(0)
            self._database.execute("ROLLBACK")
        except (sqlite3.Error, ArithmeticError) as error:
            self._database.close()
            raise BadArgument(self._sentence(error)) from error

    def spend(self, now: float) -> bool:
        """Counts one request at `now` (epoch seconds) if the budget allows it; tells whether it does."""
        hour = int(now // HOUR)
        try:
            self._database.execute("BEGIN IMMEDIATE")
            spent = self.spent(now) < self.limit
            if spent:
                self._database.execute(_COUNT, (self.site, hour, 1))
                self._database.execute("DELETE FROM requests WHERE hour <= ?", (hour - 2 * WINDOW,))
            self._database.execute("COMMIT")
        except (sqlite3.Error, ArithmeticError) as error:
            if self._database.in_transaction:  # a full disk ends it by itself, a lock does not
                self._database.rollback()
            raise SiteRefused(self._sentence(error)) from error
        return spent

    def spent(self, now: float) -> int:
        """Adds up the requests of the last 24 hours."""
        since = int(now // HOUR) - WINDOW
        query = "SELECT coalesce(sum(n), 0) FROM requests WHERE site = ? AND hour > ?"
        return int(self._database.execute(query, (self.site, since)).fetchone()[0])

    def left(self, now: float) -> int | None:
        """Gives how many requests there may still be; None where the file cannot be read, which `spend` will say."""
        try:
            return max(0, self.limit - self.spent(now))
        except (sqlite3.Error, ArithmeticError):
            return None

    def close(self) -> None:
        self._database.close()

    def _sentence(self, error: Exception) -> str:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return f"The requests of the day cannot be counted in {self.path}: {why}."
