"""Whatever ends an update, at whatever step: nothing is named that is not there, and the next one makes all right."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import threading
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from jira_crawler.exceptions import Refused
from jira_crawler.feeds import files
from jira_crawler.store.consumers import Consumers
from jira_crawler.tables import manifest, parquet, remembered
from tests.integration.tables.lake import Lake
from tests.rounds import rounds
from tests.servers.nursery import Nursery
from tests.unit.tables.made import at, document


class Killed(Nursery):
    driver = "tests.integration.tables.killed"


def killed_after(output: Path, steps: int) -> tuple[int, str]:
    """Updates the tables of a folder up to a step; gives the exit status, and what was said."""
    log, forks = output.parent / "log", Killed()
    status = forks.wait(forks.start([str(output)], log, "step", steps))
    return status, log.read_text()


def change(lake: Lake) -> None:
    """A bit of all that can happen, in all three months; in the first one rows take the places of others."""
    lake.put(2, "2024-01", summary="In its place")
    lake.put(4, summary="Another one", issuelinks=[])
    lake.put(3, "2024-02", comment={"comments": []}, issuelinks=[], attachment=[])
    lake.put(7, "2024-03", status=lake.status("9", "done", "Parked"))
    lake.remove(5)


def test_killed_at_every_step_nothing_is_lost(lake, tmp_path):
    for number in (10, 11, 12):
        lake.put(number, "2024-01")
    lake.up()
    change(lake)
    lake.store.close()
    whole = Lake(tmp_path / "whole")
    whole.store.close()
    shutil.copytree(lake.output, whole.output, dirs_exist_ok=True)
    steps = 10_000 - int(killed_after(whole.output, 10_000)[1])
    assert steps > 60
    after = whole.bytes()
    for number in range(1, steps + 1, max(steps // rounds(6, 60), 1)):
        output = tmp_path / f"killed {number}"
        shutil.copytree(lake.output, output)
        assert killed_after(output, number)[0] == -signal.SIGKILL
        told = manifest.read(output / "tables")
        for table, by_name in told.tables.items():
            for name in by_name:
                pq.read_table(output / "tables" / table / name, partitioning=None)
        again = Lake(output)
        again.up()
        again.store.close()
        assert again.bytes() == after, number
        shutil.rmtree(output)


def test_a_first_build_that_was_killed_is_done_by_the_next(lake):
    assert killed_after(lake.output, 30)[0] == -signal.SIGKILL
    assert manifest.read(lake.folder) is None
    lake.up()
    merged = lake.bytes()
    lake.up(rebuild=True)
    assert lake.bytes() == merged
    assert not [name for name in merged if name.endswith(".new")]


@pytest.mark.parametrize("at_write", range(1, 12, 3))
def test_a_full_disk_leaves_nothing_half_written(lake, monkeypatch, at_write):
    lake.up()
    change(lake)
    left = [at_write]
    fsync = os.fsync

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match=r"Tables cannot be written to .*: No space left on device"):
        lake.up()
    monkeypatch.undo()
    assert not list(lake.folder.rglob("*.new"))
    for path in lake.folder.rglob("*.parquet"):
        pq.read_table(path, partitioning=None)
    lake.up()
    merged = lake.bytes()
    lake.up(rebuild=True)
    assert lake.bytes() == merged


def test_a_disk_that_is_full_while_a_file_is_written_is_a_sentence(lake, monkeypatch):
    lake.up()
    change(lake)
    before = lake.bytes()

    def full(self: object, data: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(parquet._Hashing, "write", full)
    with pytest.raises(Refused, match="No space left on device"):
        lake.up()
    assert lake.bytes() == before


def test_the_manifest_comes_before_the_position_and_after_every_file(lake, monkeypatch):
    done: list[str] = []
    replace, advance = files.replace, Consumers.advance

    def replaced(temporary: Path, path: Path) -> None:
        done.append(path.name)
        replace(temporary, path)

    def advanced(self: Consumers, name: str, seq: int) -> None:
        done.append(f"advance {seq > 0}")
        advance(self, name, seq)

    monkeypatch.setattr(files, "replace", replaced)
    monkeypatch.setattr(Consumers, "advance", advanced)
    lake.up()
    assert done[0] == "advance False"
    assert done[-3:] == [manifest.NAME, "advance True", remembered.NAME]
    assert done.count(manifest.NAME) == 1


def test_readers_never_meet_a_torn_or_a_missing_month(lake):
    for number in range(10, 30):
        lake.put(number, f"2024-0{1 + number % 3}")
    lake.up()
    issues, done, met, broken = 26, threading.Event(), set(), []

    def read() -> None:
        with duckdb.connect() as connection:
            while not done.is_set():
                try:
                    query = f"SELECT count(*), min(summary) FROM '{lake.folder}/issues/*.parquet' WHERE issue_id = 4"
                    one, said = connection.execute(query).fetchone()
                    every = connection.execute(f"SELECT count(*) FROM '{lake.folder}/issues/*.parquet'").fetchone()[0]
                    comments = connection.execute(
                        f"SELECT count(*) FROM '{lake.folder}/comments/*.parquet'"
                    ).fetchone()[0]
                    met.add((one, every, comments))
                    assert said.startswith(("Page", "Edit"))
                except Exception as error:
                    broken.append(error)
                    return

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for edit in range(rounds(6, 40)):
        lake.put(
            4,
            summary=f"Edit {edit}",
            comment={"comments": [{"id": str(n), "body": document("x"), "created": at(11)} for n in (21, 22)]},
        )
        lake.up()
    done.set()
    for reader in readers:
        reader.join()
    assert broken == []
    assert met == {(1, issues, 2 * issues)}
