"""The tasks of a crawl in one SQLite file, or in memory: waiting, leased or failed, and what was ever asked."""

from __future__ import annotations

import heapq
import logging
import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from jira_crawler.crawl.session import CrawlState
from jira_crawler.crawl.task import Task
from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier.protocol import Codec, Failed, FrontierLost, Leased, fingerprint, losing
from jira_crawler.frontier.state import StateWriter, read
from jira_crawler.sites import Site
from jira_crawler.store.file_lock import open_lock, try_lock

logger = logging.getLogger(__name__)
FORMAT = 2  # of the file; the first one held requests
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
    id INTEGER PRIMARY KEY, priority INTEGER NOT NULL, data BLOB NOT NULL,
    project TEXT, watermark INTEGER,  -- what was created before is listed, of this project, once the task is done
    failed TEXT                       -- why it came to nothing
);
CREATE TABLE IF NOT EXISTS seen (fingerprint BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""
_kept = losing(sqlite3.Error)


class TakenElsewhere(Exception):
    """Another process has the folder."""


class OtherFormat(Exception):
    """The file is another version's, and not empty."""


class SqliteFrontier:
    """Hands a task back until it is acknowledged. Nothing is durable before `commit`.

    What was leased or failed when a process ended waits again when the next one opens the file.
    """

    def __init__(self, folder: Path | None, codec: Codec):
        self.codec = codec
        self.state: CrawlState | None = None
        self._writer = StateWriter()
        self._lock: int | None = None
        if folder:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = open_lock(folder / ".lock")
            if not try_lock(self._lock):
                os.close(self._lock)
                raise TakenElsewhere
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
        self._recognise()
        self._database.execute("PRAGMA journal_mode=WAL")
        # A lost acknowledgement is asked again, and changes nothing.
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute("PRAGMA secure_delete=ON")
        self._database.executescript(_SCHEMA)
        self._database.execute(f"PRAGMA user_version={FORMAT}")
        self._database.execute("UPDATE tasks SET failed = NULL")
        waiting = [(-priority, id_) for id_, priority in self._database.execute("SELECT id, priority FROM tasks")]
        heapq.heapify(waiting)
        self._database.execute("BEGIN")
        return waiting

    def _recognise(self) -> None:
        """Takes a file of another version for a new one if that has left nothing in it; raises OtherFormat."""
        if self._database.execute("PRAGMA user_version").fetchone() == (FORMAT,):
            return
        tables = self._database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (name,) in tables:
            if self._database.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone():  # noqa: S608 - a name, quoted
                raise OtherFormat
        for (name,) in tables:
            self._database.execute(f'DROP TABLE "{name}"')

    @classmethod
    def open(cls, settings: Mapping[str, Any], spider: str, site: Site, codec: Codec) -> Self:
        """Opens the frontier in JOBDIR, or in memory; raises BadArgument where that is somebody else's."""
        folder = settings["JOBDIR"] or ""
        try:
            frontier = cls(Path(folder) if folder else None, codec)
        except TakenElsewhere as error:
            raise BadArgument(f"Another crawl is using JOBDIR={folder}: give this one a folder of its own.") from error
        except OtherFormat as error:
            raise BadArgument(
                f"JOBDIR={folder} holds a crawl that another version of this crawler began: finish it with that "
                "version, or move the folder away and begin anew."
            ) from error
        except (OSError, sqlite3.OperationalError) as error:
            raise BadArgument(f"Nothing can be written to JOBDIR={folder}: {error}.") from error
        except sqlite3.Error as error:
            raise _damaged(folder, error) from error
        try:
            state = frontier.resume()
        except (ValueError, FrontierLost) as error:
            frontier.close()
            raise _damaged(folder, error) from error
        if state and state.site and state.site != site.url:
            frontier.close()
            raise BadArgument(f"JOBDIR={folder} holds a crawl of {state.site}: give this one a folder of its own.")
        if frontier._waiting:
            logger.info("Going on with %d requests of an earlier run", len(frontier._waiting))
        return frontier

    @_kept
    def push(self, task: Task) -> bool:
        added = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (fingerprint(task),))
        if not added.rowcount:
            return False
        project, watermark = task.watermark or (task.project or None, None)
        row = self._database.execute(
            "INSERT INTO tasks (priority, data, project, watermark) VALUES (?, ?, ?, ?)",
            (task.priority, self.codec.encode(task), project, watermark),
        )
        heapq.heappush(self._waiting, (-task.priority, int(row.lastrowid or 0)))
        return True

    @_kept
    def lease(self) -> Leased | Failed | None:
        while self._waiting:
            id_ = heapq.heappop(self._waiting)[1]
            row = self._database.execute("SELECT data FROM tasks WHERE id = ?", (id_,)).fetchone()
            if not row:
                continue
            try:
                return Leased(str(id_), self.codec.decode(row[0]))
            except (ValueError, TypeError) as error:
                failed = Failed(str(id_), f"A question in JOBDIR cannot be asked: {error}.")
                self.acknowledge([], [failed])
                return failed
        return None

    def pending(self) -> bool:
        return bool(self._waiting)

    def waiting(self) -> int:
        return len(self._waiting)

    @_kept
    def acknowledge(self, done: Iterable[str], failed: Iterable[Failed]) -> None:
        self._database.executemany("DELETE FROM tasks WHERE id = ?", [(int(id_),) for id_ in done])
        given_up = [(each.reason, int(each.id)) for each in failed]
        self._database.executemany("UPDATE tasks SET failed = ? WHERE id = ?", given_up)

    @_kept
    def watermarks(self) -> dict[str, int]:
        query = "SELECT project, min(watermark) FROM tasks WHERE watermark IS NOT NULL GROUP BY project"
        return dict(self._database.execute(query).fetchall())

    @_kept
    def failures(self) -> list[str]:
        """Gives why tasks came to nothing."""
        return [why for (why,) in self._database.execute("SELECT failed FROM tasks WHERE failed IS NOT NULL")]

    @_kept
    def resume(self) -> CrawlState | None:
        return read(dict(self._database.execute("SELECT name, value FROM state").fetchall()))

    def keep(self, state: CrawlState) -> None:
        self.state = state

    @_kept
    def save_state(self) -> None:
        """Writes down what is new in the state."""
        if self.state:
            new = self._writer.new(self.state)
            self._database.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", new.items())

    @_kept
    def commit(self) -> None:
        self.save_state()
        self._database.execute("COMMIT")
        self._database.execute("BEGIN")

    @_kept
    def clear(self) -> None:
        """Forgets everything: the crawl is complete, and the next one begins anew."""
        for table in ("tasks", "seen", "state"):
            self._database.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        self._waiting.clear()

    @_kept
    def close(self, complete: bool = False) -> None:
        try:
            if complete and not self._database.execute("SELECT 1 FROM tasks LIMIT 1").fetchone():
                self.clear()
            self._database.execute("COMMIT")
        finally:
            self._shut()

    def _shut(self) -> None:
        self._database.close()
        if self._lock is not None:
            os.close(self._lock)


def _damaged(folder: str, error: Exception) -> BadArgument:
    return BadArgument(f"JOBDIR={folder} is damaged, move it away and begin anew: {error}.")
