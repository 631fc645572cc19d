"""The requests of a crawl in one SQLite file, or in memory: waiting, leased or failed, and what was ever asked."""

from __future__ import annotations

import fcntl
import heapq
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from scrapy.settings import BaseSettings

from jira_crawler.exceptions import BadArgument

_SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, priority INTEGER NOT NULL, data BLOB NOT NULL,
    walk TEXT, floor INTEGER,  -- what was created before is listed, of this project, once the request is settled
    failed TEXT                -- why its callback gave up
);
CREATE TABLE IF NOT EXISTS seen (fingerprint BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


class Queue:
    """Hands a request back until it is acknowledged. Nothing is durable before `commit`.

    What was leased or failed when a process ended waits again when the next one opens the file.
    """

    shared = False

    def __init__(self, folder: Path | None):
        self._lock: int | None = None
        if folder:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # It holds payloads while their lists are completed.
            os.close(os.open(folder / "frontier.sqlite", os.O_RDWR | os.O_CREAT, 0o600))
        self._database = sqlite3.connect(
            folder / "frontier.sqlite" if folder else ":memory:", isolation_level=None, timeout=30
        )
        try:
            self._waiting = self._prepare()
        except BaseException:
            self._shut()
            raise

    def _prepare(self) -> list[tuple[int, int]]:
        """Makes the tables, and gives what an earlier process left, whatever had become of it."""
        if (found := self._database.execute("PRAGMA quick_check(1)").fetchone()) != ("ok",):
            raise sqlite3.DatabaseError(" ".join(str(found[0]).split()))
        self._database.execute("PRAGMA journal_mode=WAL")
        # A lost acknowledgement is asked again, and changes nothing.
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute("PRAGMA secure_delete=ON")
        self._database.executescript(_SCHEMA)
        self._database.execute("UPDATE requests SET failed = NULL")
        waiting = [(-priority, id_) for id_, priority in self._database.execute("SELECT id, priority FROM requests")]
        heapq.heapify(waiting)
        self._database.execute("BEGIN")
        return waiting

    @classmethod
    def of(cls, spider: Any, settings: BaseSettings) -> Queue:
        """Opens the queue in JOBDIR, or in memory."""
        return cls.at(settings["JOBDIR"] or "", spider.site.url)

    @classmethod
    def at(cls, folder: str, site: str) -> Queue:
        """Opens the queue in a folder, or in memory for ""; raises BadArgument where that is somebody else's."""
        try:
            queue = cls(Path(folder) if folder else None)
            owner = queue.load_state().get("site", site)
        except BlockingIOError as error:
            raise BadArgument(f"Another crawl is using JOBDIR={folder}: give this one a folder of its own.") from error
        except (OSError, sqlite3.OperationalError) as error:
            raise BadArgument(f"Nothing can be written to JOBDIR={folder}: {error}.") from error
        except (ValueError, sqlite3.Error) as error:
            raise BadArgument(f"JOBDIR={folder} is damaged, move it away and begin anew: {error}.") from error
        if owner != site:
            queue.close()
            raise BadArgument(f"JOBDIR={folder} holds a crawl of {owner}: give this one a folder of its own.")
        return queue

    def __len__(self) -> int:
        """How many requests wait; those that are out do not count."""
        return len(self._waiting)

    def push(self, data: bytes, priority: int, fingerprint: bytes | None, floor: tuple[str, int] | None) -> bool:
        """Takes a request, unless one with its fingerprint was ever taken; tells whether it did."""
        if fingerprint is not None:
            added = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (fingerprint,))
            if not added.rowcount:
                return False
        walk, ms = floor or (None, None)
        row = self._database.execute(
            "INSERT INTO requests (priority, data, walk, floor) VALUES (?, ?, ?, ?)", (priority, data, walk, ms)
        )
        heapq.heappush(self._waiting, (-priority, int(row.lastrowid or 0)))
        return True

    def take(self) -> tuple[int, bytes] | None:
        """Leases the request of the highest priority, the oldest first."""
        while self._waiting:
            id_ = heapq.heappop(self._waiting)[1]
            row = self._database.execute("SELECT data FROM requests WHERE id = ?", (id_,)).fetchone()
            if row:
                return id_, row[0]
        return None

    def put_back(self, id_: int, data: bytes, priority: int) -> None:
        """Lets a leased request wait again, as it is now: it is still the same one."""
        self._database.execute("UPDATE requests SET data = ?, priority = ? WHERE id = ?", (data, priority, id_))
        heapq.heappush(self._waiting, (-priority, id_))

    def acknowledge(self, done: Iterable[int], failed: Iterable[tuple[int, str]]) -> None:
        """Lets go of requests that are settled, and keeps those whose callback gave up, with the reason."""
        self._database.executemany("DELETE FROM requests WHERE id = ?", [(id_,) for id_ in done])
        self._database.executemany("UPDATE requests SET failed = ? WHERE id = ?", [(why, id_) for id_, why in failed])

    def floors(self) -> dict[str, int]:
        """Gives the lowest creation time, in ms, that some request of a project has still to walk from."""
        query = "SELECT walk, min(floor) FROM requests WHERE walk IS NOT NULL GROUP BY walk"
        return dict(self._database.execute(query).fetchall())

    def failures(self) -> list[str]:
        return [why for (why,) in self._database.execute("SELECT failed FROM requests WHERE failed IS NOT NULL")]

    def size(self) -> int:
        """How many requests there are at all: waiting, leased and failed."""
        return int(self._database.execute("SELECT count(*) FROM requests").fetchone()[0])

    def save_state(self, state: dict[str, Any]) -> None:
        self._database.executemany(
            "INSERT OR REPLACE INTO state VALUES (?, ?)",
            [(name, msgspec.json.encode(value)) for name, value in state.items()],
        )

    def load_state(self) -> dict[str, Any]:
        return {
            name: msgspec.json.decode(value) for name, value in self._database.execute("SELECT name, value FROM state")
        }

    def commit(self) -> None:
        self._database.execute("COMMIT")
        self._database.execute("BEGIN")

    def clear(self) -> None:
        """Forgets everything: the crawl is complete, and the next one begins anew."""
        for table in ("requests", "seen", "state"):
            self._database.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        self._waiting.clear()

    def close(self) -> None:
        try:
            self._database.execute("COMMIT")
        finally:
            self._shut()

    def _shut(self) -> None:
        self._database.close()
        if self._lock is not None:
            os.close(self._lock)
