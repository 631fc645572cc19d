"""Folders that cannot be written, a store that somebody else holds, and two crawls on one folder."""

from __future__ import annotations

import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import pytest

from fake_jira import running
from tests.servers.holding import holding
from tests.system.durability_machine.test_disk_full import said, start

BUSY = 30  # seconds; the store's own, there is no setting for it


@pytest.fixture
def read_only(tmp_path):
    """Makes a folder read-only even for root, who may write where modes forbid it."""
    bound: list[Path] = []

    def bind(folder: Path) -> None:
        for how in (["--bind", folder, folder], ["-o", "remount,ro,bind", folder]):
            if subprocess.run(["mount", *how], check=False).returncode:
                pytest.xfail("this machine does not let tests mount; a path below a file is tested beside it")
            if not bound:
                bound.append(folder)

    yield bind
    for folder in bound:
        subprocess.run(["umount", folder], check=True)


def test_an_output_folder_that_is_read_only(tmp_path, read_only):
    with running(issues=40) as sandbox:
        first = start(sandbox.url, tmp_path / "output")
        before = first.sorted_feeds()
        read_only(tmp_path / "output")
        done = start(sandbox.url, tmp_path / "output")
    assert done.status == 2
    assert len(said(done)) == 1 and "Nothing can be written to" in said(done)[0]
    assert "Traceback" not in done.log
    assert first.sorted_feeds() == before


@pytest.mark.parametrize("setting", ["OUTPUT_DIR", "JOBDIR"])
def test_a_folder_below_a_file(tmp_path, setting):
    (tmp_path / "file").write_text("in the way")
    with running(issues=20) as sandbox:
        done = start(sandbox.url, tmp_path / "output", **{setting: tmp_path / "file" / "folder"})
        asked = len(sandbox.requests)
    assert done.status == 2
    assert len(said(done)) == 1
    assert "Traceback" not in done.log
    assert asked == 0


def test_a_store_that_another_program_holds(tmp_path):
    with running(issues=100, page_cap=5) as sandbox, ThreadPoolExecutor(1) as pool:
        with holding(sandbox, 9) as still:
            crawl = pool.submit(start, sandbox.url, tmp_path / "output")
            still.wait()
            other = sqlite3.connect(tmp_path / "output" / "store.sqlite", isolation_level=None, timeout=10 * BUSY)
            other.execute("BEGIN IMMEDIATE")
        began = monotonic()
        held = crawl.result()
        took = monotonic() - began
        other.execute("ROLLBACK")
        other.close()
        done = start(sandbox.url, tmp_path / "output")
        calm = start(sandbox.url, tmp_path / "calm")
    assert held.status == 1
    assert any("database is locked" in line for line in said(held))
    assert "Traceback" not in held.log
    assert took < 10 * BUSY
    assert done.status == 0
    assert done.sorted_feeds() == calm.sorted_feeds()


@pytest.mark.parametrize("shared", ["OUTPUT_DIR", "JOBDIR"])
def test_two_crawls_in_one_folder(tmp_path, shared):
    own = "JOBDIR" if shared == "OUTPUT_DIR" else "OUTPUT_DIR"
    with running(issues=100, page_cap=5) as sandbox, ThreadPoolExecutor(1) as pool:
        chosen = [{shared: tmp_path / "shared", own: tmp_path / name} for name in ("one", "two")]
        with holding(sandbox, 9) as held:
            first = pool.submit(start, sandbox.url, chosen[0]["OUTPUT_DIR"], **chosen[0])
            held.wait()
            second = start(sandbox.url, chosen[1]["OUTPUT_DIR"], **chosen[1])
        whole = first.result()
    assert whole.status == 0, whole.log
    assert len(whole.ids) == 100
    assert second.status == 2, second.out
    assert len(said(second)) == 1 and "Another crawl" in said(second)[0]
    assert "Traceback" not in second.log
