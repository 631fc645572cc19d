"""Where tables are, and what is no table, or of no use, in one sentence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.metrics import choice
from jira_crawler.metrics.choice import opened
from jira_crawler.metrics.duck import duck
from jira_crawler.metrics.engine import Where
from jira_crawler.metrics.run import compute
from jira_crawler.tables.manifest import NAME, read
from tests.github_tables import Made, day


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Made()
    made.pull(1, day("2026-03-01"), merged_at=day("2026-03-02"))
    return made.write(tmp_path / "tables")


def test_only_what_the_manifest_names_is_read(folder: Path) -> None:
    whole = pq.read_table(folder / "issues" / "2026-03.parquet")
    pq.write_table(whole, folder / "issues" / "2026-04.parquet")  # of a run that was killed
    with duck(folder) as asked:
        assert asked.sql("SELECT count(*) FROM issues") == [(1,)]


def test_no_tables_and_no_pull_requests_are_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match=f"holds no tables, for there is no {NAME}"):
        opened("duckdb", Where(str(tmp_path / "nowhere"))).__enter__()
    manifest = read(folder)
    assert manifest
    del manifest.tables["pull_requests"]
    manifest.write(folder)
    with pytest.raises(BadArgument, match="holds no table pull_requests: crawl a GitHub first"):
        opened("duckdb", Where(str(folder))).__enter__()


def test_tables_that_nobody_linked_are_enough(folder: Path) -> None:
    manifest = read(folder)
    assert manifest
    for table in ("pairs", "closings", "status_intervals"):
        del manifest.tables[table]
    manifest.write(folder)
    with opened("duckdb", Where(str(folder))) as asked:
        rows = compute(asked, ["open_time", "issue_to_merge"])[1]
    assert {(row.reading, row.n) for row in rows if row.level == "all" and row.n} == {
        ("closed", 1),
        ("merged", 1),
        ("with_still_open", 1),
    }


def test_a_table_of_an_earlier_version_is_said(folder: Path) -> None:
    path = folder / "issues" / "2026-03.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["milestone"]), path)
    with pytest.raises(BadArgument, match="The table issues has no column milestone: scrapy tables writes it anew"):
        duck(folder).__enter__()


def test_a_broken_file_is_one_sentence(folder: Path) -> None:
    (folder / "issues" / "2026-03.parquet").write_bytes(b"PAR1 and nothing of the kind")
    with pytest.raises(Refused, match="DuckDB cannot read the tables: ") as refused:
        duck(folder).__enter__()
    assert "\n" not in str(refused.value)


def test_a_broken_page_that_only_a_question_meets_is_one_sentence(folder: Path) -> None:
    path = folder / "pull_requests" / "2026-03.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + bytes(len(whole) // 2) + whole[4 + len(whole) // 2 :])
    with pytest.raises(Refused, match="DuckDB cannot read the tables: "), duck(folder) as asked:
        compute(asked, ["open_time"])


def test_ids_may_be_numbers_or_text(folder: Path) -> None:
    for table in ("issues", "pull_requests"):
        path = folder / table / "2026-03.parquet"
        told = pq.read_table(path)
        place = told.column_names.index("issue_id")
        pq.write_table(told.set_column(place, "issue_id", told["issue_id"].cast(pa.string())), path)
    with opened("duckdb", Where(str(folder))) as asked:
        assert compute(asked, ["open_time"])[1][0].n == 1


def test_a_day_that_was_not_fetched_and_tables_of_nothing_are_refused(folder: Path, tmp_path: Path) -> None:
    with opened("duckdb", Where(str(folder))) as asked:
        assert compute(asked, ["lines"])[0] == date(2026, 3, 31)
        with pytest.raises(BadArgument, match="What was so at the end of 2026-04-01 is in no table"):
            compute(asked, ["lines"], date(2026, 4, 1))
    with opened("duckdb", Where(str(Made().write(tmp_path / "none")))) as asked, pytest.raises(BadArgument):
        compute(asked, ["lines"])


@pytest.mark.parametrize(
    ("name", "where", "said"),
    [
        ("sqlite", Where("x"), "There is no engine 'sqlite': duckdb, postgres, spark."),
        ("duckdb", Where("s3://bucket/tables"), "--tables is a folder for the engine duckdb"),
        ("postgres", Where("x"), "The engine postgres needs METRICS_URL"),
        ("spark", Where("x"), "The engine spark needs SPARK_REMOTE"),
    ],
)
def test_an_engine_that_cannot_be_is_said(name: str, where: Where, said: str) -> None:
    with pytest.raises(BadArgument, match=said):
        opened(name, where).__enter__()


@pytest.mark.parametrize(("name", "missing"), [("duckdb", "ibis"), ("postgres", "psycopg"), ("spark", "pyspark")])
def test_a_package_that_is_missing_names_the_extra(monkeypatch: pytest.MonkeyPatch, name: str, missing: str) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda package: None if package == missing else object())
    with pytest.raises(BadArgument, match=rf"the package {missing}: pip install 'jira-crawler\[metrics\]'"):
        choice.require(name)
