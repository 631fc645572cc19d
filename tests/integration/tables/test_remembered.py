"""What an update need not read again, and that whatever is written over it is found all the same."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jira_crawler.tables import manifest, parquet, remembered
from jira_crawler.tables.check import check
from jira_crawler.tables.remembered import NAME, Remembered
from tests.integration.tables.lake import Lake


@pytest.fixture
def settled(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A folder of which every file was hashed by an update, long after it was written."""
    monkeypatch.setattr(remembered, "_SETTLED", -1)
    lake.up()
    lake.up()
    return lake


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were hashed since."""
    found: list[str] = []

    def seen(path: Path) -> str:
        found.append(f"{path.parent.name}/{path.name}")
        return parquet.sha256_of(path)

    monkeypatch.setattr(manifest, "sha256_of", seen)
    return found


def test_only_what_the_last_update_wrote_is_hashed_by_the_next(settled: Lake, hashed: list[str]) -> None:
    settled.up(trusting=True)
    assert hashed == []
    settled.put(3, "2024-02", summary="Another one")
    written = settled.up(trusting=True)
    assert hashed == []
    settled.up(trusting=True)
    assert {Path(name).name for name in hashed} == {"2024-02.parquet"}
    assert len(hashed) == written.files
    settled.up(trusting=True)
    assert len(hashed) == written.files


def test_what_was_read_once_is_not_read_again(settled: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    read: Counter[str] = Counter()
    opened = pq.ParquetFile.__init__

    def seen(self: pq.ParquetFile, source: Path, *arguments: object, **named: object) -> None:
        read[Path(str(source)).stem] += 1
        opened(self, source, *arguments, **named)

    monkeypatch.setattr(pq.ParquetFile, "__init__", seen)
    settled.put(3, "2024-02", summary="Another one")
    settled.up(trusting=True)
    assert set(read) == {"2024-02"}
    monkeypatch.undo()
    merged = settled.bytes()
    settled.up(rebuild=True)
    assert settled.bytes() == merged


def test_an_edit_of_the_same_size_that_hides_its_time_is_found(settled: Lake, hashed: list[str]) -> None:
    right = settled.bytes()
    path = settled.folder / "issues" / "2024-01.parquet"
    was, content = path.stat(), bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (was.st_size, was.st_mtime_ns)
    mended = settled.up(trusting=True)
    assert mended.notes == ["issues/2024-01.parquet has another content: it is made from the store again."]
    assert hashed == ["issues/2024-01.parquet"]
    assert settled.bytes() == right


def test_what_changed_just_now_is_hashed_though_its_times_are_the_same(lake: Lake, hashed: list[str]) -> None:
    lake.up()
    lake.up(trusting=True)
    many = len(hashed)
    assert many > 20
    lake.up(trusting=True)
    assert len(hashed) == 2 * many


@pytest.mark.parametrize("how", [{}, {"rebuild": True}])
def test_who_does_not_trust_hashes_everything(settled: Lake, hashed: list[str], how: dict[str, bool]) -> None:
    settled.up(**how)
    files = [f"{table}/{name}" for table, by_name in _tables(settled.folder).items() for name in by_name]
    assert sorted(hashed) == sorted(files)
    hashed.clear()
    assert check(settled.folder)[0] == []
    assert sorted(hashed) == sorted(files)


def test_a_copy_elsewhere_knows_nothing_and_is_read(settled: Lake, hashed: list[str], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(settled.folder, copy)
    tables = _tables(copy)
    assert Remembered.read(copy).wrong_files(tables, trusting=True) == []
    assert len(hashed) == sum(map(len, tables.values()))


@pytest.mark.parametrize("content", [b"", b"[1, 2", b'{"issues/2024-01.parquet": [3]}', b"[" * 100_000, b"\x00" * 90])
def test_whatever_stands_there_instead_is_as_nothing(settled: Lake, hashed: list[str], content: bytes) -> None:
    right = settled.bytes()
    (settled.folder / NAME).write_bytes(content)
    settled.put(3, "2024-02", summary="Another one")
    assert settled.up(trusting=True).months == 1
    assert len(hashed) >= len(right) - 2
    merged = settled.bytes()
    settled.up(rebuild=True)
    assert settled.bytes() == merged != right


def test_it_is_not_needed_and_a_full_disk_is_no_reason_to_fail(settled: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    (settled.folder / NAME).unlink()
    (settled.folder / NAME).mkdir()
    settled.put(3, "2024-02", summary="Another one")
    assert settled.up(trusting=True).months == 1
    assert settled.up(trusting=True).months == 0


def _tables(folder: Path) -> manifest.Files:
    told = manifest.read(folder)
    assert told
    return told.tables
