"""Figures in files: the same rows three times over, and a day in the place of what it was before."""

from __future__ import annotations

import csv
import errno
import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.metrics.gold import SCHEMA, Gold
from jira_crawler.metrics.write import KINDS, _alone, write

DAY = date(2026, 3, 31)


def row(metric: str = "lines", **more: object) -> Gold:
    told: dict[str, object] = {"as_of": DAY, "metric": metric, "reading": "all", "level": "milestone"}
    told |= {"site": "github", "project": "acme/tools", "part": None, "unit": "lines", "n": 2, "sum": 5}
    return Gold(**(told | {"mean": 2.5, "median": 2.5, "unknown": 1} | more))  # type: ignore[arg-type]


def test_three_files_say_the_same(tmp_path: Path) -> None:
    rows = [row(part='1,0 "beta"\n'), row(mean=1 / 3, median=None, n=0, sum=0)]
    written = write(tmp_path / "metrics", DAY, rows)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        f"metrics/lines/2026-03-31.{kind}" for kind in ("parquet", "csv", "json")
    ]
    plain = [dict(zip(SCHEMA.names, each.values(), strict=True)) for each in rows]
    assert pq.read_table(written[0]).to_pylist() == plain
    assert json.loads(written[2].read_bytes()) == [each | {"as_of": "2026-03-31"} for each in plain]
    with written[1].open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    assert told == [{name: "" if value is None else str(value) for name, value in each.items()} for each in plain]


def test_a_day_replaces_itself_and_no_other(tmp_path: Path) -> None:
    write(tmp_path, DAY, [row(n=1), row("labels")])
    write(tmp_path, date(2026, 4, 1), [row()])
    before = {path: path.read_bytes() for path in tmp_path.rglob("2*.*")}
    write(tmp_path, DAY, [row(n=2)])
    after = {path: path.read_bytes() for path in tmp_path.rglob("2*.*")}
    assert {path.relative_to(tmp_path).as_posix() for path in after if after[path] != before[path]} == {
        f"lines/2026-03-31.{kind}" for kind in ("parquet", "csv", "json")
    }
    write(tmp_path, DAY, [row(n=1)])
    assert {path: path.read_bytes() for path in tmp_path.rglob("2*.*")} == before  # to the byte


def test_nothing_is_written_through_a_link_or_into_a_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "metrics").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadArgument, match="symbolic link"):
        write(tmp_path / "metrics", DAY, [row()])
    assert not list((tmp_path / "elsewhere").iterdir())
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "lines").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadArgument, match="lines is a symbolic link"):
        write(tmp_path / "real", DAY, [row()])
    assert not list((tmp_path / "elsewhere").iterdir())
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadArgument, match=r"Metrics cannot be written to "):
        write(tmp_path / "file", DAY, [row()])
    assert (tmp_path / "file").read_text() == "mine"


def test_two_do_not_write_at_once(tmp_path: Path) -> None:
    with _alone(tmp_path), pytest.raises(BadArgument, match="Somebody else is writing metrics to "):
        write(tmp_path, DAY, [row()])
    assert write(tmp_path, DAY, [row()])


def test_a_disk_that_fills_up_is_said_and_leaves_whole_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, DAY, [row(n=1)])
    before = (tmp_path / "lines" / "2026-03-31.json").read_bytes()

    def full(rows: list[Gold]) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(KINDS, "json", full)
    with pytest.raises(BadArgument, match=r"Metrics cannot be written to .*: No space left on device"):
        write(tmp_path, DAY, [row(n=2)])
    assert (tmp_path / "lines" / "2026-03-31.json").read_bytes() == before
    assert not list(tmp_path.rglob("*.new"))
