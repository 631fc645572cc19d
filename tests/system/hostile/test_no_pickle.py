"""Nothing is ever read that could run code when it is read: no pickle, marshal or shelve, ours or by a setting."""

from __future__ import annotations

import sqlite3

from tests.servers.hostile import hostile


def test_what_waits_on_disk_is_no_pickle(crawl, tmp_path):
    """A crawl that is cut short leaves its questions in JOBDIR: each of them is plain text that begins as JSON does."""
    with hostile(30, lambda asked: b"" if asked.jql and not asked.is_count else None, page_cap=5) as jira:
        done = crawl(jira.url, projects="ACME", JOBDIR=tmp_path / "jobs", RETRY_TIMES=1)
    assert done.status == 1
    kept = [path for path in (tmp_path / "jobs").rglob("*") if path.is_file() and path.suffix != ".sqlite"]
    assert not [path for path in kept if path.read_bytes()[:1] == b"\x80"]
    rows = []
    with sqlite3.connect(tmp_path / "jobs" / "frontier.sqlite") as base:
        tables = [name for (name,) in base.execute("select name from sqlite_master where type = 'table'")]
        assert "seen" in tables  # digests, which may begin with any byte, and are compared only
        for table in {*tables} - {"seen"}:
            rows += [cell for row in base.execute(f"select * from {table}") for cell in row]
    texts = [cell if isinstance(cell, bytes) else cell.encode() for cell in rows if isinstance(cell, str | bytes)]
    assert any(text.startswith(b'{"type":"FetchPage"') for text in texts)
    assert not [text for text in texts if text[:1] == b"\x80"]
