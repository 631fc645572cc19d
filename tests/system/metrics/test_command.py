"""`scrapy metrics` as a person calls it."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import command
from tests.github_tables import Made, day, made_up
from tests.servers.postgres import shared


def metrics(folder: Path, *switches: str, **env: str) -> tuple[int, str, str]:
    done = command("metrics", *switches, "-s", f"OUTPUT_DIR={folder}", env=env)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def test_the_command_shows_and_writes_on_every_engine_the_same(tmp_path):
    made_up(200, seed=3, days=60).write(tmp_path / "tables")
    status, out, err = metrics(tmp_path)
    assert (status, err) == (0, "")
    assert "How long pull requests stay open" in out
    assert f"As at the end of 2026-03-31 in UTC. All figures are in {tmp_path}/metrics." in " ".join(out.split())
    files = {path: path.read_bytes() for path in (tmp_path / "metrics").rglob("2*.*")}
    assert len(files) == 12
    status, again, err = metrics(tmp_path, "--engine", "postgres", METRICS_URL=shared().create())
    assert (status, err, again) == (0, "", out)
    assert {path: path.read_bytes() for path in (tmp_path / "metrics").rglob("2*.*")} == files


def test_some_metrics_of_another_day_and_tables_elsewhere(tmp_path):
    made_up(60).write(tmp_path / "copy")
    status, out, _ = metrics(
        tmp_path / "here", "--only", "lines, open_time", "--as-of", "2025-06-30", "--tables", str(tmp_path / "copy")
    )
    assert status == 0
    assert "labels" not in out
    assert {path.parent.name for path in (tmp_path / "here" / "metrics").rglob("*.csv")} == {"open_time", "lines"}
    assert pq.read_table(tmp_path / "here" / "metrics" / "lines" / "2025-06-30.parquet").num_rows > 2


def test_names_of_others_do_not_move_the_cursor(tmp_path):
    made = Made()
    made.pull(1, day("2026-03-01"), labels=["\x1b[2J gone [bold]not[/bold] \u202eturned"], additions=1, deletions=1)
    made.write(tmp_path / "tables")
    status, out, _ = metrics(tmp_path, "--only", "labels")
    assert status == 0
    assert "\x1b" not in out and "\u202e" not in out
    assert "[bold]not" in out.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["now"], "scrapy metrics takes switches only, not 'now'."),
        (["--engine", "sqlite"], "There is no engine 'sqlite': duckdb, postgres, spark."),
        (["--only", "lines,speed"], "There is no metric 'speed': open_time, issue_to_merge, labels, lines."),
        (["--as-of", "2026-02-30"], "--as-of is a day such as 2026-03-31, and not '2026-02-30'."),
        (["--as-of", "yesterday"], "--as-of is a day such as 2026-03-31, and not 'yesterday'."),
        (["--as-of", "2026-05-01"], "What was so at the end of 2026-05-01 is in no table"),
        (["--engine", "postgres"], "The engine postgres needs METRICS_URL"),
        (["--engine", "spark"], "The engine spark needs SPARK_REMOTE"),
        (["--engine", "postgres", "-s", "METRICS_URL=mysql://x:hidden@y/z"], "METRICS_URL is not postgresql://"),
        (
            ["--engine", "postgres", "-s", "METRICS_URL=postgresql://x:hidden@127.0.0.1:1/z"],
            "The Postgres of METRICS_URL",
        ),
        (["--engine", "spark", "-s", "SPARK_REMOTE=http://x"], "SPARK_REMOTE is not sc://HOST:PORT"),
        (
            ["--engine", "spark", "-s", "SPARK_REMOTE=sc://127.0.0.1:1/;token=hidden"],
            "There is no Spark at sc://127.0.0.1:1",
        ),
        (["--tables", "nowhere"], "nowhere holds no tables"),
        (["--force"], "There is no option --force"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_written(tmp_path, arguments, sentence):
    made_up(5).write(tmp_path / "tables")
    status, out, err = metrics(tmp_path, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("scrapy metrics: ")
    assert sentence in err
    assert "hidden" not in err
    assert not (tmp_path / "metrics").exists()
