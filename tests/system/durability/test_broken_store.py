"""A store that breaks in the middle of a crawl: a sentence, never "Complete", and no traceback."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from tests.servers.hostile import Answer, Asked, hostile


def test_a_store_that_breaks_in_the_middle(crawl, tmp_path: Path):
    broken = Event()

    def spoil(asked: Asked) -> Answer | None:
        path = tmp_path / "output" / "store.sqlite"
        if asked.is_page and not broken.is_set():
            broken.set()
            for each in path.parent.glob("store.sqlite*"):
                with each.open("r+b") as file:  # as long as before: what is mapped into memory must not end
                    file.write(b"\xff" * each.stat().st_size)
        return None

    with hostile(30, spoil) as jira:
        done = crawl(jira.url, projects="ACME", COMMIT_SECONDS=0.05)
    assert broken.is_set()
    assert done.status in (1, 2)
    assert "Complete" not in done.out
    said = [each for each in (done.out + done.log).splitlines() if each.startswith(("INCOMPLETE:", "scrapy crawl:"))]
    assert said, done.out + done.log


@pytest.mark.parametrize("how", ["noise", "cut", "a folder", "a link"])
def test_a_store_that_is_broken_before(crawl, tmp_path: Path, how: str):
    with hostile(10) as jira:
        done = crawl(jira.url, projects="ACME")
        assert done.status == 0
        store, feed = done.folder / "store.sqlite", (done.folder / "ACME.jsonl").read_bytes()
        text = store.read_bytes()
        store.unlink()
        if how == "a folder":
            store.mkdir()
        elif how == "a link":
            store.symlink_to(tmp_path / "elsewhere")
        else:
            store.write_bytes(b"noise" * 5_000 if how == "noise" else text[: len(text) // 2])
        asked = len(jira.requests)
        done = crawl(jira.url, projects="ACME")
        assert len(jira.requests) == asked
    assert (done.status, done.log.count("scrapy crawl: ")) == (2, 1), done.log
    assert (done.folder / "ACME.jsonl").read_bytes() == feed
    assert not (tmp_path / "elsewhere").exists()
