"""Three engines over the same tables: figures are the same to the last unit, from one run or from one every day."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.metrics.choice import opened
from jira_crawler.metrics.engine import Where
from jira_crawler.metrics.gold import Gold
from jira_crawler.metrics.readings import METRICS
from jira_crawler.metrics.run import compute, run
from jira_crawler.metrics.spark import _paths
from tests.github_tables import Made, Row, day, made_up
from tests.rounds import rounds
from tests.unit.metrics.asked import DAY, end_of
from tests.unit.metrics.held import by_key
from tests.unit.metrics.plain import expected

ALL = tuple(METRICS)


def figures(engine: str, where: Where, at: date = DAY, metrics: Sequence[str] = ALL) -> list[Gold]:
    with opened(engine, where) as asked:
        return compute(asked, metrics, at)[1]


def told(database: str, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        return connection.execute(question.encode()).fetchall()


def test_three_engines_and_plain_loops_give_the_same_figures(tmp_path, database, sail_url):
    made = made_up(700, seed=11, days=300)
    where = Where(str(made.write(tmp_path / "a folder, it's odd")), database, sail_url)
    by_engine = {name: figures(name, where) for name in ("duckdb", "postgres", "spark")}
    assert by_engine["postgres"] == by_engine["duckdb"]
    assert by_engine["spark"] == by_engine["duckdb"]
    assert by_key(by_engine["duckdb"]) == expected(made.rows, end_of(DAY))


def as_of(made: Made, moment: Any) -> Made:
    """The rows that a crawl of a day would have left: what came later is not there, or not yet so."""
    then = Made(fetched=moment)

    def row_then(row: Row) -> Row:
        later = {name for name, value in row.items() if hasattr(value, "hour") and value >= moment}
        later |= {"merge_commit", "landed_how"} if {"merged_at", "landed_at"} & later else set()
        return row | dict.fromkeys(later) | ({"fetched_at": moment} if "fetched_at" in row else {})

    there = {(row["site"], row["issue_id"]) for row in made.rows["issues"] if row["created"] < moment}
    for table, rows in made.rows.items():
        listed = [row for row in rows if (row["site"], row["issue_id"]) in there]
        if table == "pairs":
            listed = [row for row in listed if row["landed_at"] is None or row["landed_at"] < moment]
        if table == "status_intervals":
            listed = [row for row in listed if row["valid_from"] < moment]
        then.rows[table] = [row_then(row) for row in listed]
    return then


def test_daily_runs_leave_what_one_run_does(tmp_path, database, another_database):
    days = rounds(4, 30)
    made, chance = made_up(150, seed=5, days=70), random.Random(5)
    tables, last = tmp_path / "tables", day(str(DAY))
    made.pull(151, last - timedelta(days=3), merged_at=last - timedelta(days=1), additions=1, deletions=1)
    daily = Where(str(tables), database)
    for before in range(days - 1, -1, -1):
        then = as_of(made, last - timedelta(days=before))
        if before:  # what is another on the last day was something else before, or is gone since
            for row in chance.sample([each for each in then.rows["issues"] if each["labels"]], 5):
                row |= {"labels": ["earlier"], "milestone": "earlier", "project": "acme/renamed"}
            then.pull(9_000 + before, last - timedelta(days=before + 1))
        then.write(tables)
        day_of = DAY - timedelta(days=before)
        run("postgres", daily, tmp_path, ["lines"], day_of)
        if before % 5 == 0:  # each day is right by itself, as well
            assert figures("postgres", daily, day_of) == figures("duckdb", daily, day_of)
    once = run("postgres", Where(str(tables), another_database), tmp_path / "once", ALL, DAY)
    assert run("postgres", daily, tmp_path, ALL, DAY).rows == once.rows == figures("duckdb", daily, DAY)
    for table in ("issues", "pull_requests", "closings", "status_intervals", "pairs"):
        sorted_rows = f"SELECT * FROM jira_metrics.{table} AS t ORDER BY t::text"
        assert told(database, sorted_rows) == told(another_database, sorted_rows)
    assert told(database, "SELECT count(DISTINCT as_of) FROM jira_metrics.gold WHERE metric = 'lines'") == [(days,)]


def test_a_run_that_is_repeated_writes_nothing(tmp_path, database):
    where = Where(str(made_up(120, seed=2, days=90).write(tmp_path / "tables")), database)
    version = "SELECT xmin::text, ctid::text FROM jira_metrics.issues ORDER BY 2"
    first = run("postgres", where, tmp_path, ALL, DAY)
    rows, gold = told(database, version), told(database, "SELECT count(*) FROM jira_metrics.gold")
    again = run("postgres", where, tmp_path, ALL, DAY)
    assert again.rows == first.rows
    assert told(database, version) == rows
    assert told(database, "SELECT count(*) FROM jira_metrics.gold") == gold == [(len(first.rows),)]


def test_only_days_in_which_something_changed_are_written(tmp_path, database):
    made = Made()
    quiet, moved = made.pull(1, day("2026-03-01")), made.pull(2, day("2026-03-02"))
    where = Where(str(made.write(tmp_path)), database)
    figures("postgres", where)
    version = "SELECT xmin::text FROM jira_metrics.pull_requests WHERE issue_id = '{}'"
    before = [told(database, version.format(each["issue_id"])) for each in (quiet, moved)]
    moved["merged_at"] = moved["closed_at"] = day("2026-03-09")
    made.write(tmp_path)
    figures("postgres", where)
    after = [told(database, version.format(each["issue_id"])) for each in (quiet, moved)]
    assert before[0] == after[0] and before[1] != after[1]


def test_a_database_is_of_one_store(tmp_path, database):
    made = made_up(20)
    figures("postgres", Where(str(made.write(tmp_path / "one", store="one")), database))
    rows = told(database, "SELECT count(*) FROM jira_metrics.issues")
    with pytest.raises(BadArgument, match="was filled from the tables of another store"):
        figures("postgres", Where(str(made_up(9).write(tmp_path / "two", store="two")), database))
    assert told(database, "SELECT count(*) FROM jira_metrics.issues") == rows


def test_two_do_not_fill_a_database_at_once(tmp_path, database):
    where = Where(str(made_up(9).write(tmp_path)), database)
    with opened("postgres", where), pytest.raises(BadArgument, match="Somebody else is filling") as refused:
        figures("postgres", where)
    assert "postgres:" not in str(refused.value).replace("postgres:***", "")
    assert figures("postgres", where)


def test_names_that_others_chose_are_names(tmp_path, database, sail_url):
    made = Made()
    names = ["'; DROP TABLE issues; --", 'a "quoted" \\ name', "😀 \u202e turned", "nul \0 inside", "", " ", "NULL"]
    for number, name in enumerate(names):
        made.pull(number, day("2026-03-01"), labels=[name], milestone=name, additions=1, deletions=number)
    where = Where(str(made.write(tmp_path)), database, sail_url)
    found = figures("duckdb", where)
    assert {row.part for row in found if row.level == "label"} == set(names)
    assert {row.part for row in found if row.level == "milestone"} == (set(names) - {""}) | {None}
    assert figures("spark", where) == found
    in_postgres = figures("postgres", where)
    assert [row.values()[8:] for row in in_postgres] == [row.values()[8:] for row in found]
    assert "nul \N{REPLACEMENT CHARACTER} inside" in {row.part for row in in_postgres}


def test_who_is_away_is_said_in_one_sentence_without_passwords(tmp_path):
    where = Where(
        str(made_up(9).write(tmp_path)),
        "postgresql+psycopg://me:hidden@127.0.0.1:1/nowhere",
        "sc://127.0.0.1:1/;token=hidden",
    )
    for engine, said in (
        ("postgres", "The Postgres of METRICS_URL cannot be used: "),
        ("spark", "There is no Spark at "),
    ):
        with pytest.raises(Refused) as refused:
            figures(engine, where)
        assert str(refused.value).startswith(said)
        assert "hidden" not in str(refused.value)
        assert "\n" not in str(refused.value)


def test_files_that_are_not_there_any_more_are_said(tmp_path, sail_url):
    made_up(30).write(tmp_path)
    where = Where(str(tmp_path), spark=sail_url)
    for path in (tmp_path / "pull_requests").iterdir():
        path.unlink()
    with pytest.raises(Refused, match="DuckDB cannot read the tables: "):
        figures("duckdb", where)
    with pytest.raises(Refused, match="Spark does not find file://"):
        figures("spark", where)


def test_spark_is_told_a_path_as_it_is(tmp_path):
    folder = made_up(9).write(tmp_path / "50% of it, ünïcode")
    (path, *_) = _paths(str(folder))["issues"]
    assert path.startswith(f"file://{tmp_path}/50% of it, ünïcode/issues/")  # one on the JVM decodes nothing


def test_spark_takes_the_tables_from_a_url(tmp_path, sail_url):
    made_up(60, days=60).write(tmp_path)
    assert figures("spark", Where(tmp_path.as_uri(), spark=sail_url)) == figures("duckdb", Where(str(tmp_path)))
