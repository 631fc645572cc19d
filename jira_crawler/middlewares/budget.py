"""A count of requests in any 24 hours that outlives the process, because the ban that it prevents does."""

from __future__ import annotations

import sqlite3
from pathlib import Path

HOUR = 3600
WINDOW = 25  # the hour that is running and the 24 before it: never fewer than 24 hours


class Budget:
    """Counts the requests to a site by the hour, in one file for all crawls of this machine."""

    def __init__(self, folder: Path, site: str, limit: int):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.site, self.limit = site, limit
        self._database = sqlite3.connect(folder / "budget.sqlite", isolation_level=None, timeout=30)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS requests (site TEXT, hour INTEGER, n INTEGER, PRIMARY KEY (site, hour))"
        )

    def spend(self, now: float) -> bool:
        """Counts one request at `now` (epoch seconds) if the budget allows it; tells whether it does."""
        hour = int(now // HOUR)
        self._database.execute("BEGIN IMMEDIATE")
        spent = self.spent(now) < self.limit
        if spent:
            self._database.execute(
                "INSERT INTO requests VALUES (?, ?, 1) ON CONFLICT (site, hour) DO UPDATE SET n = n + 1",
                (self.site, hour),
            )
            self._database.execute("DELETE FROM requests WHERE hour <= ?", (hour - 2 * WINDOW,))
        self._database.execute("COMMIT")
        return spent

    def spent(self, now: float) -> int:
        """Adds up the requests of the last 24 hours."""
        since = int(now // HOUR) - WINDOW
        query = "SELECT coalesce(sum(n), 0) FROM requests WHERE site = ? AND hour > ?"
        return int(self._database.execute(query, (self.site, since)).fetchone()[0])

    def close(self) -> None:
        self._database.close()
