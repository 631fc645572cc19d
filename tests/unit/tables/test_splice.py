"""A file with other columns in it is, to the byte, the one that a writer makes of them."""

from __future__ import annotations

import contextlib
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jira_crawler.tables import parquet, thrift
from jira_crawler.tables.columns import table_of
from jira_crawler.tables.schemas import schemas
from jira_crawler.tables.splice import spliced
from jira_crawler.tables.thrift import Riddle

ISSUES = schemas()["issues"]


def issues(seed: int, rows: int) -> pa.Table:
    """Rows of which every column holds nulls, doubles, and lists that are empty or long."""
    chance = random.Random(seed)
    makers = {
        pa.string(): lambda: chance.choice(["", "x" * chance.randrange(300), f"{chance.random()}", None]),
        pa.int64(): lambda: chance.choice([None, chance.randrange(-9, 9), 2**62]),
        pa.float64(): lambda: chance.choice([None, chance.random(), 0.0]),
        pa.bool_(): lambda: chance.choice([None, True, False]),
        pa.date32(): lambda: chance.choice([None, 19_000]),
        pa.list_(pa.string()): lambda: chance.choice([None, [], ["a", "b"] * chance.randrange(9)]),
    }
    make = {field.name: makers.get(field.type, makers[pa.int64()]) for field in ISSUES.arrow}
    return table_of([{name: each() for name, each in make.items()} for _ in range(rows)], ISSUES)


@pytest.mark.parametrize("names", [["summary"], ["site", "labels", "milestone"], ["created", "quality", "cut"], None])
@pytest.mark.parametrize("rows", [1, 60])
def test_columns_in_the_place_of_others_are_as_if_they_had_been_written_there(tmp_path, monkeypatch, names, rows):
    monkeypatch.setattr(parquet, "GROUP_ROWS", 25)
    before, after = issues(1, rows), issues(2, rows)
    path = tmp_path / "2024-01.parquet"
    parquet.write(path, before, ISSUES)
    columns = after.select([name for name in after.column_names if not names or name in names])
    told = parquet.write_columns(path, columns, ISSUES)
    both = [(columns if name in columns.column_names else before)[name] for name in ISSUES.columns]
    other = tmp_path / "2024-02.parquet"
    assert parquet.write(other, pa.Table.from_arrays(both, schema=ISSUES.arrow), ISSUES) == told
    assert path.read_bytes() == other.read_bytes()
    assert parquet.read(path, ISSUES).num_rows == rows


def test_what_is_the_very_same_is_not_written(tmp_path):
    path = tmp_path / "2024-01.parquet"
    told = parquet.write(path, issues(1, 5), ISSUES)
    place = path.stat().st_ino
    assert parquet.write_columns(path, issues(1, 5).select(["summary"]), ISSUES, told.sha256) == told
    assert path.stat().st_ino == place


def written(table: pa.Table, **options: object) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return sink.getvalue().to_pybytes()


SOME = pa.table({"a": [1, 2, 3], "b": ["x", "y", None]})


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (b"", written(SOME)),
        (b"PAR1" * 5, written(SOME)),
        (written(SOME)[:-1], written(SOME)),
        (written(SOME), written(SOME.slice(1))),
        (written(SOME), written(pa.table({"c": [1, 2, 3]}))),
        (written(SOME, row_group_size=1), written(SOME)),
        (written(SOME, write_page_index=True), written(SOME)),
        (written(SOME, version="1.0"), written(SOME)),
    ],
    ids=["nothing", "no footer", "cut off", "rows", "another column", "groups", "an index of pages", "another writer"],
)
def test_what_is_laid_out_otherwise_is_a_riddle(content, columns):
    with pytest.raises(Riddle):
        spliced(content, columns)


def test_a_footer_that_is_broken_anywhere_is_a_riddle_or_another_footer():
    whole, chance = written(SOME), random.Random(1)
    size = int.from_bytes(whole[-8:-4], "little")
    for _ in range(2_000):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            broken[len(whole) - 8 - chance.randrange(1, size + 1)] = chance.randrange(256)
        with contextlib.suppress(Riddle):
            assert len(b"".join(spliced(bytes(broken), written(SOME.select(["a"]))))) == len(whole)


@pytest.mark.parametrize("value", [0, 1, -1, 127, -(2**40), 2**62])
@pytest.mark.parametrize("number", [1, 15, 16, 200])
def test_a_struct_is_written_as_it_was_read(value, number):
    inner = {number: (6, value), number + 1: (1, b"")}
    struct = {2: (5, value), 3: (12, inner), 40: (9, [inner] * 20)}
    content = thrift.written(struct)
    wanted = {2: None, 3: {number: None}, 40: {number: None}}
    assert thrift.read(content, wanted) == struct
    assert thrift.written(thrift.read(content, {})) == content
    for at in range(len(content)):
        with pytest.raises((Riddle, IndexError)):
            thrift.read(content[:at], wanted)
