"""Who may read and write what a crawl leaves: its owner alone, and one crawl at a time."""

from __future__ import annotations

import os
import stat
import threading

import pytest

from tests.servers.hostile import Answer, Asked, hostile, issue


@pytest.fixture
def open_to_all():
    """A umask that hides nothing, as some machines have it."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_whatever_the_umask_the_owner_alone_reads_what_is_not_redacted(crawl, tmp_path, open_to_all):
    with hostile([*map(issue, range(1, 6)), issue(6, summary=None)]) as jira:
        done = crawl(jira.url, projects="ACME", JOBDIR=tmp_path / "jobs", DAILY_BUDGET=1_000)
    assert done.status == 0
    assert {mode(tmp_path / name) for name in ("output", "jobs", "state")} == {0o700}
    private = [
        *done.folder.glob("store.sqlite*"),
        done.folder / "rejects.jsonl",
        *(tmp_path / "jobs").glob("*.sqlite*"),
    ]
    assert len(private) >= 3
    assert {path.name: mode(path) & 0o077 for path in private if mode(path) & 0o077} == {}


def test_a_second_writer_is_refused_and_changes_nothing(crawl):
    """The first one is in the middle of its walk, as the server knows, while the second one tries."""
    tried = threading.Event()

    def rule(asked: Asked) -> Answer | None:
        if asked.is_page and not tried.is_set():
            second.append(crawl(jira.url, projects="ACME"))
            tried.set()
        return None

    second: list = []
    with hostile(20, rule, page_cap=30) as jira:
        first = crawl(jira.url, projects="ACME", DOWNLOAD_TIMEOUT=120)
        asked = len(jira.requests)
    assert (first.status, [each.status for each in second]) == (0, [2])
    assert "Another crawl is writing" in second[0].log
    assert first.ids == {str(1000 + n) for n in range(1, 21)}
    assert len(first.examples) == len({line["id"] for line in first.examples})
    assert asked < 12
