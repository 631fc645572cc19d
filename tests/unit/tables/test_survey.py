"""What tables hold is read once, and again only where it is another file by now."""

from __future__ import annotations

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jira_crawler.tables import survey as module
from jira_crawler.tables.manifest import NAME, Manifest
from jira_crawler.tables.parquet import Written
from jira_crawler.tables.survey import Survey, Surveyor

TYPES = pa.schema({"project": pa.dictionary(pa.int32(), pa.string()), "quality": pa.float64(), "summary": pa.string()})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Tables whose months are put there by `write`, and `read` names those that were read."""
    (tmp_path / "issues").mkdir()
    files: dict[str, Written] = {}
    written = iter(range(1, 100))

    def write(name: str, *rows: tuple[str, float | None]) -> None:
        made = pa.Table.from_pylist([{"project": p, "quality": q, "summary": "-"} for p, q in rows], TYPES)
        pq.write_table(made, tmp_path / "issues" / name)
        at = next(written)
        files[name] = Written(len(rows), 100, f"{at:064}")
        Manifest("store", 1, 1, tables={"issues": files, "comments": {name: Written(3, 11, "x")}}).write(tmp_path)
        os.utime(tmp_path / NAME, (at, at))

    read = []
    real = module.qualities
    monkeypatch.setattr(module, "qualities", lambda path: read.append(path.name) or real(path))
    return tmp_path, write, read


def test_qualities_are_added_up_over_months(folder):
    path, write, _ = folder
    write("2026-01.parquet", ("DEMO", 0.5), ("DEMO", 0.7), ("TOOLS", 0.25), ("TOOLS", None))
    write("2026-02.parquet", ("DEMO", 0.3))
    assert Surveyor(path).look() == Survey(
        written=2.0,
        months=2,
        issues=5,
        files=3,
        bytes=211,
        qualities={"DEMO": (pytest.approx(1.5), 3), "TOOLS": (0.25, 1)},
    )


def test_only_what_is_new_is_read(folder):
    path, write, read = folder
    surveyor = Surveyor(path)
    write("2026-01.parquet", ("DEMO", 0.5))
    write("2026-02.parquet", ("DEMO", 0.5))
    surveyor.look()
    write("2026-02.parquet", ("DEMO", 0.25))
    assert surveyor.look().qualities == {"DEMO": (0.75, 2)}
    assert surveyor.look() is surveyor.look()
    assert read == ["2026-01.parquet", "2026-02.parquet", "2026-02.parquet"]


def test_a_file_without_rows_is_no_month(folder):
    path, write, read = folder
    write("none.parquet")
    assert (Surveyor(path).look().months, read) == (0, [])


@pytest.mark.parametrize("spoil", ["unlink", "cut"])
def test_a_month_that_is_just_being_written_leaves_what_was_known(folder, spoil):
    path, write, _ = folder
    surveyor = Surveyor(path)
    write("2026-01.parquet", ("DEMO", 0.5))
    known = surveyor.look()
    write("2026-02.parquet", ("DEMO", 0.5))
    month = path / "issues" / "2026-02.parquet"
    content = month.read_bytes()
    month.unlink()
    if spoil == "cut":
        month.write_bytes(content[:-9])
    assert surveyor.look() is known
    month.write_bytes(content)
    assert surveyor.look().months == 2


def test_without_tables_there_is_nothing(tmp_path):
    assert Surveyor(tmp_path / "tables").look() == Survey()
