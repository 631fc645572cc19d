"""The same documents in SQLite's FTS5, and the same work done there."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any

from jira_crawler.search.query import TEXTS
from jira_crawler.search.run import Place
from jira_crawler.search.source import Documents

SHOWN = 20  # hits of a question


def fill(place: Place, fts: sqlite3.Connection) -> dict[str, Any]:
    """Makes a table of FTS5 out of the same documents."""
    fts.execute("PRAGMA synchronous=OFF")
    columns = ", ".join(TEXTS)
    fts.execute(f"CREATE VIRTUAL TABLE words USING fts5({columns}, content='', tokenize=\"unicode61\")")
    fts.execute("CREATE TABLE about (id INTEGER PRIMARY KEY, project, status, quality REAL, created INTEGER, shown)")
    store, source = place.store(), Documents(place.output)

    def put() -> None:
        at = 0
        for chunk in store.chunks(500):
            for each in source.of(chunk, 1):
                at += 1
                texts = (each.title, each.names, each.description, " ".join(each.comments))
                fts.execute(
                    "INSERT INTO words (rowid, title, names, description, comments) VALUES (?, ?, ?, ?, ?)",
                    (at, *texts),
                )
                about = (
                    at,
                    each.facets.get("project"),
                    each.facets.get("status"),
                    each.quality,
                    each.created,
                    each.shown,
                )
                fts.execute("INSERT INTO about VALUES (?, ?, ?, ?, ?, ?)", about)
        fts.execute("CREATE INDEX by_quality ON about (quality)")
        fts.commit()

    _, cpu = spent(put)
    store.close()
    return {"fts_cpu": cpu}


def asked_of(fts: sqlite3.Connection, asked: str) -> int:
    """Reads the first twenty with what is shown of them, and counts by status; gives how many there are."""
    match, _, where = asked.partition("\t")
    if not match:
        chosen = f"FROM about WHERE {where}"
        fts.execute(f"SELECT shown {chosen} ORDER BY quality DESC LIMIT {SHOWN}").fetchall()
        return int(fts.execute(f"SELECT count(*) {chosen}").fetchone()[0])
    also = f"AND {where}" if where else ""
    joined = f"FROM words JOIN about ON about.id = words.rowid WHERE words MATCH ? {also}"
    fts.execute(f"SELECT shown {joined} ORDER BY bm25(words, 4, 2, 2, 1) LIMIT {SHOWN}", (match,)).fetchall()
    fts.execute(f"SELECT status, count(*) {joined} GROUP BY status", (match,)).fetchall()
    return int(fts.execute(f"SELECT count(*) {joined}", (match,)).fetchone()[0])


def spent(work: Callable[[], Any]) -> tuple[float, float]:
    """Measures the seconds of wall clock and of CPU that something takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu
